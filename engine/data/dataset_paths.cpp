#include "engine/data/dataset_paths.h"

#include "engine/data/formats.h"
#include "engine/data/mix_file.h"
#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/digest.h"
#include "engine/files/file_stamp.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include <glob.h>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 100'000;
constexpr const char* one_file_at_least = "a dataset file, a folder of such, or a pattern that fits some";

std::string lower_case(std::string word) {
    for (char& letter : word) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return word;
}

/// What says something about a dataset in a folder that holds one, or is part of a model.
bool is_description(const std::string& name) {
    static constexpr std::array<std::string_view, 11> all{"readme.md", "license.md", "license.txt",
        "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "config.json",
        "generation_config.json", "tokenizer.json", "tokenizer_config.json"};
    return std::find(all.begin(), all.end(), lower_case(name)) != all.end();
}

bool is_dataset_file(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || name.starts_with('_') || is_description(name) || is_mix_file(name))
        return false;
    const std::string suffix = lower_case(entry.path().extension().string());
    const std::vector<std::string> known = dataset_suffixes();
    std::error_code unreadable;
    return !suffix.empty() && std::find(known.begin(), known.end(), suffix.substr(1)) != known.end()
           && entry.is_regular_file(unreadable);
}

bool has_name_of_text(const fs::path& path) {
    const std::string suffix = lower_case(path.extension().string());
    const auto& formats = dataset_formats();
    return std::any_of(formats.begin(), formats.end(), [&](const DatasetFormat& format) {
        return format.is_plain_text()
               && std::any_of(format.suffixes.begin(), format.suffixes.end(),
                   [&](const char* known) { return suffix == std::string(".") + known; });
    });
}

/// The split that a file belongs to by its name, as the hub's datasets have them: "train-00000-of-00002".
std::string split_of(const std::string& path) {
    const std::string name = lower_case(fs::path(path).filename().string());
    for (const std::string_view split : {"train", "test", "validation", "valid", "dev", "eval"})
        if (name.starts_with(split) && name.size() > split.size()
            && std::isalnum(static_cast<unsigned char>(name[split.size()])) == 0)
            return std::string(split);
    return {};
}

void refuse_several_splits(const std::string& folder, const std::vector<std::string>& paths) {
    std::map<std::string, std::string> first;
    for (const std::string& path : paths) first.emplace(split_of(path), path);
    first.erase("");
    if (first.size() < 2) return;
    const auto name = [](const auto& each) { return fs::path(each->second).filename().string(); };
    fail(folder,
        "files of several splits ('" + shown(name(first.begin()), 60) + "' and '"
            + shown(name(std::next(first.begin())), 60) + "')",
        "those of one", "name them by a pattern, such as " + folder + "/" + first.rbegin()->first + "*");
}

void refuse_too_many(const std::vector<std::string>& paths, const std::string& path) {
    if (paths.size() > most_files) fail(path, "more files", "at most " + std::to_string(most_files));
}

std::vector<std::string> files_of_folder(const std::string& folder) {
    std::vector<std::string> paths;
    std::error_code failure;
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
        if (is_dataset_file(*at)) paths.push_back(at->path().string());
        refuse_too_many(paths, folder);
    }
    if (failure) fail(folder, failure.message(), "a folder that can be read");
    if (paths.empty())
        fail(folder, "a folder without a dataset file", one_file_at_least,
            "folders inside of it are not looked into: name the one that holds the files");
    std::sort(paths.begin(), paths.end());
    refuse_several_splits(folder, paths);
    return paths;
}

std::vector<std::string> files_of_pattern(const std::string& pattern) {
    ::glob_t found{};
    const int result = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> paths;
    for (std::size_t i = 0; result == 0 && i < found.gl_pathc && paths.size() <= most_files; ++i) {
        std::error_code unreadable;
        if (fs::is_regular_file(found.gl_pathv[i], unreadable)) paths.emplace_back(found.gl_pathv[i]);
    }
    ::globfree(&found);
    refuse_too_many(paths, pattern);
    if (paths.empty()) fail(pattern, "no file that fits the pattern", one_file_at_least);
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<std::string> files_of_mix(const std::string& mix) {
    std::vector<std::string> all;
    for (const MixPart& part : read_mix(mix)) {
        const std::vector<std::string> files = files_of_dataset(part.path);
        all.insert(all.end(), files.begin(), files.end());
    }
    refuse_too_many(all, mix);
    return all;
}

} // namespace

std::vector<std::string> files_of_dataset(const std::string& path) {
    if (is_mix_file(path)) return files_of_mix(path);
    std::error_code unreadable;
    if (fs::is_directory(path, unreadable)) return files_of_folder(path);
    const bool is_pattern = path.find_first_of("*?[") != std::string::npos;
    return is_pattern && !fs::exists(path, unreadable) ? files_of_pattern(path) : std::vector{path};
}

bool names_dataset_files(const std::string& path) {
    try {
        std::error_code unreadable;
        return fs::is_regular_file(files_of_dataset(path).front(), unreadable);
    } catch (const Error&) {
        return false;
    }
}

bool is_dataset_folder(const std::string& path) {
    std::error_code failure;
    for (fs::directory_iterator at(path, failure), end; !failure && at != end; at.increment(failure))
        if (is_dataset_file(*at) && !has_name_of_text(at->path())) return true;
    return false;
}

std::string sha256_of_dataset(const std::string& path) {
    const std::vector<std::string> files = files_of_dataset(path);
    const bool is_mix = is_mix_file(path); // whose weights count too
    if (files.size() == 1 && !is_mix) return known_sha256_of_file(files.front());
    std::string list = is_mix ? known_sha256_of_file(path) + '\n' : "";
    for (const std::string& file : files)
        list += fs::path(file).filename().string() + '\0' + known_sha256_of_file(file) + '\n';
    return sha256(list);
}

std::int64_t size_of_dataset(const std::string& path) {
    std::int64_t size = 0;
    for (const std::string& file : files_of_dataset(path))
        size += static_cast<std::int64_t>(open_regular(file).size_bytes);
    return size;
}

} // namespace lora
