#include "engine/files/staged_file.h"

#include "engine/error.h"
#include "engine/files/staging.h"

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

void need_no_file(const std::string& path) {
    struct stat status = {};
    if (::lstat(path.c_str(), &status) == 0)
        fail(path, "something there already", "a name that is not taken", "choose another name");
}

StagedFile::StagedFile(std::string path, std::uint64_t size_bytes)
    : path_(std::move(path)), folder_(name_beside(path_, ".tmp-")), size_bytes_(size_bytes) {
    need_no_file(path_);
    remove_abandoned(path_);
    file_ = folder_ + "/" + std::filesystem::path(path_).filename().string();
    temporaries_.emplace_back(folder_);
    claim_.emplace(make_claimed_folder(folder_));
    try {
        temporaries_.emplace_back(file_);
        descriptor_.emplace(open_file(file_, O_RDWR | O_CREAT | O_EXCL, "a file that can be written", path_));
        // A disk that cannot answer gives the space while it is written.
        const int code = ::posix_fallocate(descriptor_->number(), 0, static_cast<off_t>(size_bytes_));
        if (code == ENOSPC || code == EDQUOT || code == EFBIG) fail_system(path_, code, "room for the file");
        if (::ftruncate(descriptor_->number(), static_cast<off_t>(size_bytes_)) != 0)
            fail_system(path_, errno, "room for the file");
    } catch (...) {
        remove();
        throw;
    }
}

StagedFile::~StagedFile() {
    if (!folder_.empty()) remove();
}

void StagedFile::remove() noexcept {
    ::unlink(file_.c_str());
    ::rmdir(folder_.c_str());
}

void StagedFile::write(std::string_view bytes) {
    write_all(descriptor_->number(), bytes, path_);
    written_bytes_ += bytes.size();
}

void StagedFile::commit() {
    assert(written_bytes_ == size_bytes_);
    sync(descriptor_->number(), path_);
    descriptor_.reset();
    // A hard link, unlike a renaming, never takes the place of a file that is there; some disks have none.
    if (::link(file_.c_str(), path_.c_str()) != 0) {
        need_no_file(path_);
        if (::rename(file_.c_str(), path_.c_str()) != 0)
            fail_system(path_, errno, "a folder that can be written");
    }
    remove();
    folder_.clear();
    sync_folder(parent_of(path_));
}

} // namespace lora
