// FolderLock: a process's claim on a run folder, by flock on its .lock file. Declared in store.h.

#include "engine/files/descriptor.h"
#include "engine/files/store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <sys/file.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

/// What the holder wrote: its process id, or words if it has not written it yet.
std::string holder(int descriptor, const std::string& path) {
    const std::string text = read_up_to(descriptor, 20, path);
    const std::string digits(text.begin(), std::find(text.begin(), text.end(), '\n'));
    const bool is_number = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? "process " + digits : "another process";
}

/// flock(2)'s answer, after a few tries: who only asks whether a run is active (is_run_active) holds a shared
/// lock for that moment.
int claim(int descriptor) {
    constexpr int tries = 20;
    for (int i = 1;; ++i) {
        const int result = ::flock(descriptor, LOCK_EX | LOCK_NB);
        if (result == 0 || (errno != EINTR && errno != EWOULDBLOCK) || i == tries) return result;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

} // namespace

FolderLock::FolderLock(const std::string& folder) {
    const std::string path = folder + "/.lock";
    Descriptor lock =
        open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, "a run folder that can be written");
    const int result = claim(lock.number());
    if (result != 0 && errno == EWOULDBLOCK)
        fail(folder, "a run folder that " + holder(lock.number(), path) + " works in",
            "one that nobody works in", "end that run or choose another folder");
    if (result != 0) fail_system(path, errno, "a disk that can lock files");
    if (::ftruncate(lock.number(), 0) != 0) fail_system(path, errno, "a file that can be written");
    write_all(lock.number(), std::to_string(::getpid()) + "\n", path);
    descriptor_ = lock.release();
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace lora
