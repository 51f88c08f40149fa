#include "engine/files/manifest.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/digest.h"
#include "engine/files/json.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace lora {

namespace {

bool is_as_listed(const std::string& folder, const std::string& name, const Json& listed) {
    const std::string path = folder + "/" + name;
    std::error_code ignored;
    if (!is_plain_file_name(name) || std::filesystem::is_symlink(path, ignored)) return false;
    const JsonFields fields(listed, name);
    const std::int64_t size = fields.integer("size", 0, INT64_MAX);
    const std::uint64_t found = open_regular(path).size_bytes;
    return found == static_cast<std::uint64_t>(size) && sha256_of_file(path) == fields.string("sha256");
}

} // namespace

std::vector<std::string> others_in(const std::string& folder, const std::set<std::string>& names) {
    std::vector<std::string> others;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
        if (std::string name = entry.path().filename().string(); !names.contains(name))
            others.push_back(std::move(name));
    if (failure) fail_system(folder, failure.value(), "a folder that can be read");
    return others;
}

std::optional<std::set<std::string>> names_listed(const std::string& folder) {
    try {
        const std::string path = folder + "/" + std::string(manifest_name);
        const Json manifest = read_json(path);
        const JsonFields fields(manifest, path);
        if (fields.integer("version", 1, INT64_MAX) != manifest_version) return std::nullopt;
        fields.object("files");
        std::set<std::string> names{std::string(manifest_name)};
        for (const auto& [name, listed] : manifest.at("files").items()) names.insert(name);
        return names;
    } catch (const Error&) {
        return std::nullopt;
    }
}

bool manifest_holds(const std::string& folder) {
    const auto names = names_listed(folder);
    if (!names || names->size() < 2) return false;
    try {
        const Json manifest = read_json(folder + "/" + std::string(manifest_name));
        for (const auto& [name, listed] : manifest.at("files").items())
            if (!is_as_listed(folder, name, listed)) return false;
        const auto others = others_in(folder, *names);
        return std::none_of(others.begin(), others.end(), [](const std::string& name) {
            return name.ends_with(".json") || name.ends_with(".safetensors");
        });
    } catch (const Error&) {
        return false;
    }
}

bool is_plain_file_name(std::string_view name) {
    static constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return !name.empty() && name.size() <= 255 && name.front() != '.'
           && name.find_first_not_of(allowed) == std::string_view::npos;
}

} // namespace lora
