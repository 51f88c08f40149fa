#include "engine/serving/folder_listing.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <tuple>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_entries = 4000;

std::string home() {
    const char* const folder = std::getenv("HOME");
    return folder == nullptr || *folder == '\0' ? "/" : folder;
}

FolderEntry entry_of(const fs::directory_entry& each) {
    std::error_code error;
    FolderEntry entry{.name = each.path().filename().string(), .folder = each.is_directory(error)};
    if (!entry.folder && each.is_regular_file(error)) {
        const auto bytes = each.file_size(error);
        if (!error) entry.bytes = static_cast<std::int64_t>(bytes);
    }
    return entry;
}

} // namespace

FolderListed list_folder(const ListFolder& question) {
    FolderListed listed{
        .question = question.question, .path = question.path.empty() ? home() : question.path};
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(listed.path, error);
    if (!error) listed.path = folder.string();
    for (fs::directory_iterator each(listed.path, error), end; !error && each != end; each.increment(error)) {
        if (each->path().filename().string().starts_with('.')) continue;
        if ((listed.more = listed.entries.size() == most_entries)) break;
        listed.entries.push_back(entry_of(*each));
    }
    if (error) listed.fault = listed.path + ": " + error.message();
    std::sort(listed.entries.begin(), listed.entries.end(), [](const FolderEntry& a, const FolderEntry& b) {
        return std::tie(b.folder, a.name) < std::tie(a.folder, b.name);
    });
    return listed;
}

} // namespace lora
