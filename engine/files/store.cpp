#include "engine/files/store.h"

#include "engine/files/descriptor.h"
#include "engine/files/digest.h"
#include "engine/files/json.h"
#include "engine/files/staging.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr std::string_view manifest_name = "manifest.json";
constexpr std::int64_t manifest_version = 1;
constexpr std::string_view writable_folder = "a folder that can be written";

void rename_over(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail_system(to, errno, writable_folder);
}

void remove_folder(const std::string& folder) noexcept {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

/// Puts the folder `staged` in the place of the folder at `path`; some disks can exchange the two in one
/// step.
void replace_folder(const std::string& staged, const std::string& path) {
    if (::renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
        sync_folder(parent_of(path));
        remove_folder(staged);
        return;
    }
    if (errno != EINVAL && errno != ENOSYS) fail_system(path, errno, writable_folder);
    const std::string old = name_beside(path, ".old-");
    rename_over(path, old);
    try {
        rename_over(staged, path);
    } catch (...) {
        ::rename(old.c_str(), path.c_str());
        throw;
    }
    sync_folder(parent_of(path));
    remove_folder(old);
}

bool is_folder(const std::string& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0) return false;
    if (!S_ISDIR(status.st_mode)) fail(path, "something that is no folder", "a folder or nothing");
    return true;
}

std::string without_last_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

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

void write_file(const std::string& path, std::string_view bytes) {
    const std::string staged = name_beside(path, ".tmp-");
    write_new_file(staged, bytes);
    try {
        rename_over(staged, path);
    } catch (...) {
        ::unlink(staged.c_str());
        throw;
    }
    sync_folder(parent_of(path));
}

StagedFolder::StagedFolder(std::string path)
    : path_(without_last_slash(std::move(path))), staged_(name_beside(path_, ".tmp-")) {
    if (::mkdir(staged_.c_str(), 0777) != 0) fail_system(parent_of(path_), errno, writable_folder);
}

StagedFolder::~StagedFolder() {
    if (!committed_) remove_folder(staged_);
}

void StagedFolder::write(const std::string& name, std::string_view bytes) {
    write(name, std::span(&bytes, 1));
}

void StagedFolder::write(const std::string& name, std::span<const std::string_view> pieces) {
    if (!is_plain_file_name(name) || name == manifest_name)
        fail(path_, "the file name '" + shown(name) + "'", "letters, digits and ._- (and not manifest.json)");
    const std::size_t size_bytes = write_new_file(staged_ + "/" + name, pieces);
    written_[name] = {size_bytes, sha256(pieces)};
}

void StagedFolder::commit() {
    Json files = Json::object();
    for (const auto& [name, entry] : written_)
        files[name] = {{"size", entry.first}, {"sha256", entry.second}};
    const Json manifest = {{"version", manifest_version}, {"files", files}};
    write_new_file(staged_ + "/" + std::string(manifest_name), manifest.dump(1) + "\n");
    sync_folder(staged_);
    if (is_folder(path_)) {
        replace_folder(staged_, path_);
    } else {
        rename_over(staged_, path_);
        sync_folder(parent_of(path_));
    }
    committed_ = true;
}

bool manifest_holds(const std::string& folder) {
    try {
        const std::string path = folder + "/" + std::string(manifest_name);
        const Json manifest = read_json(path);
        const JsonFields fields(manifest, path);
        if (fields.integer("version", 1, INT64_MAX) != manifest_version) return false;
        fields.object("files");
        for (const auto& [name, listed] : manifest.at("files").items())
            if (!is_as_listed(folder, name, listed)) return false;
        return true;
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
