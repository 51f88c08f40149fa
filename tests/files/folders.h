#pragma once
// A folder that is written whole, told apart from a later write of it, and with files of somebody else in it.

#include "engine/files/store.h"
#include "tests/files/scratch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

inline void write_folder(const std::string& path, const std::string& words) {
    lora::StagedFolder folder(path);
    folder.write("a.txt", words + "!");
    folder.write("b.txt", std::string(70'000, words.front()));
    folder.commit();
}

/// "old" or "new" if all of that write is there; else what is wrong.
inline std::string state(const std::string& path) {
    if (!std::filesystem::exists(path)) return "absent";
    if (!lora::manifest_holds(path)) return "not whole";
    std::ifstream file(path + "/a.txt");
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    return words.empty() ? words : words.substr(0, words.size() - 1);
}

inline std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

inline void put_others_into(const Scratch& scratch) {
    scratch.write("run/README.md", "words");
    std::filesystem::create_directory(scratch.path("run/.git"));
    scratch.write("run/.git/config", "more words");
}
