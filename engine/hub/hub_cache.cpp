#include "engine/hub/hub_cache.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "engine/hub/download_stop.h"
#include "engine/hub/hub_settings.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

void make_folder_of(const std::string& path) {
    std::error_code failure;
    fs::create_directories(fs::path(path).parent_path(), failure);
    if (failure)
        fail(parent_of(path), "'" + failure.message() + "'", "a folder that can be written",
            "set HF_HUB_CACHE to a folder of your own");
}

/// A link at `path`, in place of what is there, to the blob as it is seen from there.
void link_to(const std::string& target, const std::string& path) {
    make_folder_of(path);
    std::error_code failure;
    if (fs::read_symlink(path, failure) == target) return;
    const std::string made = name_beside(path, ".tmp-");
    if (::symlink(target.c_str(), made.c_str()) != 0) {
        const int code = errno;
        if (code == EPERM || code == ENOTSUP)
            fail(path, "a disk without symbolic links", "one that has them, as the cache is made of them",
                "set HF_HUB_CACHE to a folder on another disk");
        fail_system(path, code, "a folder that can be written");
    }
    if (::rename(made.c_str(), path.c_str()) != 0) {
        const int code = errno;
        ::unlink(made.c_str());
        fail_system(path, code, "a name that a file can have");
    }
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

Descriptor locked(const std::string& path, const std::stop_token& stop) {
    constexpr std::chrono::milliseconds between{100};
    make_folder_of(path);
    for (;;) {
        Descriptor lock = open_file(path, O_RDWR | O_CREAT, "a folder that can be written");
        if (::flock(lock.number(), LOCK_EX | LOCK_NB) == 0) {
            // Who held it may have removed the file, and a third made a new one.
            struct stat held = {}, named = {};
            if (::fstat(lock.number(), &held) == 0 && ::stat(path.c_str(), &named) == 0
                && held.st_ino == named.st_ino && held.st_dev == named.st_dev)
                return lock;
        } else if (errno != EWOULDBLOCK && errno != EINTR) {
            return lock; // a disk without locks: each file is checked as a whole all the same
        }
        check_not_stopped(stop);
        std::this_thread::sleep_for(between);
    }
}

} // namespace

CachedRepository::CachedRepository(std::string cache_folder, const Repository& repository)
    : cache(std::move(cache_folder)), folder(cache + "/" + folder_name(repository)) {}

std::string CachedRepository::blob(const std::string& etag) const { return folder + "/blobs/" + etag; }
std::string CachedRepository::snapshot(const std::string& commit) const {
    return folder + "/snapshots/" + commit;
}
std::string CachedRepository::reference(const std::string& revision) const {
    return folder + "/refs/" + revision;
}

std::string CachedRepository::lock(const std::string& etag) const {
    return cache + "/.locks/" + fs::path(folder).filename().string() + "/" + etag + ".lock";
}

std::optional<std::string> cached_snapshot(const std::string& cache, const Repository& repository) {
    check_repository(repository);
    constexpr std::size_t longest = 256;
    const CachedRepository cached(cache, repository);
    std::string commit = repository.revision;
    std::error_code absent;
    if (!is_commit(commit)) {
        const std::string reference = cached.reference(repository.revision);
        if (!fs::is_regular_file(reference, absent)) return std::nullopt;
        commit = without_line_end(read_text(reference, longest));
        if (!is_commit(commit)) fail(reference, "'" + shown(commit) + "'", "a commit");
    }
    const std::string snapshot = cached.snapshot(commit);
    if (!fs::is_directory(snapshot, absent)) return std::nullopt;
    return snapshot;
}

std::string local_model(const std::string& path) {
    std::error_code absent;
    if (!is_repository_name(path) || fs::exists(path, absent)) return path;
    return cached_snapshot(hub_cache_folder(), {.name = path}).value_or(path);
}

void put_into_snapshot(
    const CachedRepository& cached, const RepositoryInfo& info, const std::vector<HubFile>& files) {
    for (const HubFile& file : files) {
        check_file_name(file.name, info.repository.name);
        std::string upwards = "../../";
        for (const char letter : file.name)
            if (letter == '/') upwards += "../";
        link_to(upwards.append("blobs/").append(file.etag), cached.snapshot(info.commit) + "/" + file.name);
    }
    if (info.repository.revision == info.commit) return;
    const std::string reference = cached.reference(info.repository.revision);
    make_folder_of(reference);
    write_file(reference, info.commit);
}

void tag_cache(const std::string& cache) {
    const std::string tag = cache + "/CACHEDIR.TAG";
    std::error_code absent;
    if (fs::exists(tag, absent)) return;
    make_folder_of(tag);
    write_file(
        tag, "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds downloads from the hub.\n");
}

BlobLock::BlobLock(const std::string& path, const std::stop_token& stop) : descriptor_(locked(path, stop)) {}

} // namespace lora
