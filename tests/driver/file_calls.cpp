#include "tests/driver/file_calls.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstring>

#include <linux/limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <unistd.h>

extern "C" void* __libc_malloc(std::size_t size);

namespace {

struct State {
    std::array<char, PATH_MAX> folder = {};
    std::size_t folder_length = 0;
    Interruption interruption;
    std::array<std::atomic<int>, 10> counts = {};
    std::atomic<bool> counts_calls = false;
};
constinit State state;

std::atomic<int>& count_of(FileCall call) { return state.counts[static_cast<std::size_t>(call)]; }

/// Whether the call is to fail; errno says why.
bool struck(FileCall call) {
    const int count = ++count_of(call);
    const int any = call == FileCall::Memory ? 0 : ++count_of(FileCall::Any);
    const Interruption& wanted = state.interruption;
    if (wanted.at == 0 || (wanted.call != call && (wanted.call != FileCall::Any || any == 0))) return false;
    const int reached = wanted.call == FileCall::Any ? any : count;
    if (reached != wanted.at && (!wanted.lasts || reached < wanted.at)) return false;
    if (wanted.error == 0) ::raise(SIGKILL);
    errno = wanted.error;
    return true;
}

bool is_below(const char* path) { return std::strncmp(path, state.folder.data(), state.folder_length) == 0; }

bool strikes(FileCall call, const char* path) {
    return state.counts_calls && path != nullptr && is_below(path) && struck(call);
}

bool strikes(FileCall call, int descriptor) {
    if (!state.counts_calls || descriptor < 0) return false;
    const int before = errno;
    std::array<char, 40> link = {"/proc/self/fd/"};
    std::array<char, 12> digits = {};
    std::size_t length = 0;
    for (int left = descriptor; length == 0 || left > 0; left /= 10)
        digits[length++] = static_cast<char>('0' + left % 10);
    for (std::size_t i = 0; i < length; ++i) link[14 + i] = digits[length - 1 - i];
    std::array<char, PATH_MAX> path = {};
    const long size = ::readlink(link.data(), path.data(), path.size() - 1);
    errno = before;
    return size > 0 && is_below(path.data()) && struck(call);
}

} // namespace

void count_file_calls(const std::string& folder, const Interruption& interruption) {
    state.counts_calls = false;
    state.folder_length = folder.copy(state.folder.data(), state.folder.size() - 1);
    state.interruption = interruption;
    for (auto& count : state.counts) count = 0;
    state.counts_calls = true;
}

void stop_counting() { state.counts_calls = false; }

int file_calls(FileCall call) { return count_of(call); }

// The names and kinds of parameters are the C library's.
// NOLINTBEGIN(readability-identifier-naming,cppcoreguidelines-pro-type-vararg)
extern "C" {

int open(const char* path, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    if (strikes(FileCall::Open, path)) return -1;
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
    if (strikes(FileCall::Write, descriptor)) return -1;
    return ::syscall(SYS_write, descriptor, bytes, size);
}

int fsync(int descriptor) {
    if (strikes(FileCall::Sync, descriptor)) return -1;
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

int rename(const char* from, const char* to) noexcept {
    if (strikes(FileCall::Rename, to)) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    if (strikes(FileCall::Rename, to)) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int mkdir(const char* path, mode_t mode) noexcept {
    if (strikes(FileCall::MakeFolder, path)) return -1;
    return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int ftruncate(int descriptor, off_t size) noexcept {
    if (strikes(FileCall::Resize, descriptor)) return -1;
    return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}

int posix_fallocate(int descriptor, off_t from, off_t size) {
    if (strikes(FileCall::Resize, descriptor)) return errno;
    return ::syscall(SYS_fallocate, descriptor, 0, from, size) == 0 ? 0 : errno;
}

int unlink(const char* path) noexcept {
    if (strikes(FileCall::Remove, path)) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int rmdir(const char* path) noexcept {
    if (strikes(FileCall::Remove, path)) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}

int remove(const char* path) noexcept {
    if (strikes(FileCall::Remove, path)) return -1;
    const long gone = ::syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    return static_cast<int>(
        gone != 0 && errno == EISDIR ? ::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) : gone);
}

void* mmap(void* wanted, std::size_t size, int protection, int flags, int descriptor, off_t from) noexcept {
    if ((flags & MAP_ANONYMOUS) == 0 && strikes(FileCall::Map, descriptor)) return MAP_FAILED;
    return reinterpret_cast<void*>(::syscall(SYS_mmap, wanted, size, protection, flags, descriptor, from));
}

void* malloc(std::size_t size) noexcept {
    if (state.counts_calls && struck(FileCall::Memory)) return nullptr;
    return __libc_malloc(size);
}
}
// NOLINTEND(readability-identifier-naming,cppcoreguidelines-pro-type-vararg)
