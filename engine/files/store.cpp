#include "engine/files/store.h"

#include "engine/files/descriptor.h"
#include "engine/files/digest.h"
#include "engine/files/json.h"
#include "engine/files/manifest.h"
#include "engine/files/staging.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

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

/// The same where `others` in it are to stay: the old folder is set aside until they lie in the new one. A
/// crash leaves them in the one or the other, and neither is a left-over that anybody removes.
void replace_folder_around(
    const std::string& staged, const std::string& path, const std::vector<std::string>& others) {
    const std::string old = name_beside(path, ".old-");
    rename_over(path, old);
    try {
        rename_over(staged, path);
    } catch (...) {
        ::rename(old.c_str(), path.c_str());
        throw;
    }
    for (const std::string& name : others)
        rename_over(
            (std::filesystem::path(old) / name).string(), (std::filesystem::path(path) / name).string());
    sync_folder(path);
    sync_folder(parent_of(path));
    remove_folder(old);
}

/// What in the folder at `path` stays when these names are written there.
std::vector<std::string> kept_beside(const std::string& path, const std::set<std::string>& written) {
    std::set<std::string> own = written;
    own.erase(std::string(manifest_name)); // one that is not of ours is somebody's file
    const auto listed = names_listed(path);
    std::vector<std::string> others = others_in(path, listed ? *listed : own);
    for (const std::string& name : others)
        if (written.contains(name))
            fail((std::filesystem::path(path) / name).string(), "a file that this program did not write",
                "none of the name of one that is written now", "choose another folder, or move the file");
    return others;
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

} // namespace

void write_file(const std::string& path, std::string_view bytes) {
    remove_abandoned(path);
    const std::string staged = name_beside(path, ".tmp-");
    const Temporary temporary(staged);
    try {
        const Descriptor file = make_claimed_file(staged); // until it has its own name
        write_synced(file.number(), std::span(&bytes, 1), staged);
        rename_over(staged, path);
    } catch (...) {
        ::unlink(staged.c_str());
        throw;
    }
    sync_folder(parent_of(path));
}

StagedFolder::StagedFolder(std::string path)
    : path_(without_last_slash(std::move(path))), staged_(name_beside(path_, ".tmp-")) {
    remove_abandoned(path_);
    temporaries_.emplace_back(staged_);
    claim_.emplace(make_claimed_folder(staged_));
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
    temporaries_.emplace_back(staged_ + "/" + name);
    const std::size_t size_bytes = write_new_file(staged_ + "/" + name, pieces);
    written_[name] = {size_bytes, sha256(pieces)};
}

void StagedFolder::commit() {
    Json files = Json::object();
    std::set<std::string> names{std::string(manifest_name)};
    for (const auto& [name, entry] : written_) {
        files[name] = {{"size", entry.first}, {"sha256", entry.second}};
        names.insert(name);
    }
    const bool replaces = is_folder(path_);
    const std::vector<std::string> others = replaces ? kept_beside(path_, names) : std::vector<std::string>{};
    const Json manifest = {{"version", manifest_version}, {"files", files}};
    const std::string manifest_path = staged_ + "/" + std::string(manifest_name);
    temporaries_.emplace_back(manifest_path);
    write_new_file(manifest_path, manifest.dump(1) + "\n");
    sync_folder(staged_);
    if (!others.empty()) {
        replace_folder_around(staged_, path_, others);
    } else if (replaces) {
        replace_folder(staged_, path_);
    } else {
        rename_over(staged_, path_);
        sync_folder(parent_of(path_));
    }
    committed_ = true;
}

} // namespace lora
