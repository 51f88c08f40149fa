#include "engine/files/new_folder.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"

namespace lora {

namespace fs = std::filesystem;

void make_folder(const std::string& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) fail_system(folder, failure.value(), "a place where a folder can be made");
}

void need_new_or_empty(const std::string& folder) {
    std::error_code ignored;
    if (fs::exists(folder, ignored) && !fs::is_empty(folder, ignored))
        fail(folder, "something there already", "a new or empty folder");
}

void make_new_folder(const std::string& folder, const std::string& kind,
    const std::function<bool(const fs::path& left)>& says_nothing) {
    const std::string advice = "choose another name for the " + kind;
    std::error_code failure;
    if (fs::exists(folder, failure) && !fs::is_directory(folder, failure))
        fail(folder, "a file", "a new or empty folder", advice);
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure))
        if (!says_nothing(entry->path()))
            fail(folder, "a folder that is not empty", "a new or empty one", advice);
    make_folder(folder);
}

} // namespace lora
