#include "engine/data/token_folder.h"

#include "engine/files/staging.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <vector>

#include <sys/stat.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

struct TokenFile {
    std::string path;
    std::uint64_t size_bytes = 0;
    std::time_t used = 0;
};

/// Whether nobody can be writing it any more.
bool is_abandoned_staged(const std::string& name, const struct stat& state) {
    constexpr std::time_t day = 24 * 60 * 60;
    return name.find(".tokens.tmp-") != std::string::npos && is_left_over(name)
           && state.st_mtime + day < std::time(nullptr);
}

void remove_token_file(const std::string& path) {
    std::error_code failure;
    fs::remove(path, failure);
    fs::remove(path + ".lock", failure);
}

} // namespace

void bound_token_files(const std::string& folder, std::uint64_t most_bytes, const std::string& kept) {
    std::error_code failure;
    std::vector<TokenFile> files;
    std::uint64_t sum = 0;
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
        const std::string path = at->path().string(), name = at->path().filename().string();
        struct stat state = {};
        if (::stat(path.c_str(), &state) != 0 || !S_ISREG(state.st_mode)) continue;
        std::error_code ignored;
        if (is_abandoned_staged(name, state)) fs::remove(path, ignored);
        if (!std::string_view(name).ends_with(".tokens")) continue;
        files.push_back({path, static_cast<std::uint64_t>(state.st_size), state.st_atime});
        sum += files.back().size_bytes;
    }
    std::sort(files.begin(), files.end(),
        [](const TokenFile& one, const TokenFile& other) { return one.used < other.used; });
    for (const TokenFile& file : files) {
        if (sum <= most_bytes) return;
        if (file.path == kept) continue;
        remove_token_file(file.path);
        sum -= file.size_bytes;
    }
}

} // namespace lora
