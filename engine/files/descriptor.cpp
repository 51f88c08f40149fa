#include "engine/files/descriptor.h"

#include "engine/files/store.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() { return std::exchange(number_, -1); }

void fail_system(const std::string& path, int code, std::string_view expected) {
    const std::string words = std::generic_category().message(code);
    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        throw DiskFull(path, words, expected, "make room on this disk and go on");
    fail(path, words, expected);
}

Descriptor open_file(const std::string& path, int flags, std::string_view expected) {
    return open_file(path, flags, expected, path);
}

Descriptor open_file(
    const std::string& path, int flags, std::string_view expected, const std::string& place) {
    // A path with a NUL byte would silently name another file.
    if (path.find('\0') != std::string::npos) fail(shown(path), "a zero byte in the path", expected);
    int number = -1;
    do number = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    while (number < 0 && errno == EINTR);
    if (number < 0) fail_system(place, errno, expected);
    return Descriptor(number);
}

RegularFile open_regular(const std::string& path) {
    static constexpr std::string_view expected = "a file that can be read";
    Descriptor descriptor = open_file(path, O_RDONLY | O_NONBLOCK, expected);
    struct stat status = {};
    if (::fstat(descriptor.number(), &status) != 0) fail_system(path, errno, expected);
    if (S_ISDIR(status.st_mode)) fail(path, "a folder", "a regular file");
    if (!S_ISREG(status.st_mode)) fail(path, "a device, pipe or socket", "a regular file");
    return {std::move(descriptor), static_cast<std::uint64_t>(status.st_size)};
}

void write_all(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_system(path, errno, "a file that can be written");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string read_up_to(int descriptor, std::size_t limit, const std::string& path) {
    std::string bytes(limit, '\0');
    std::size_t filled = 0;
    while (filled < limit) {
        const ssize_t count = ::read(descriptor, bytes.data() + filled, limit - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_system(path, errno, "a file that can be read");
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    bytes.resize(filled);
    return bytes;
}

void sync(int descriptor, const std::string& path) {
    int result = 0;
    do result = ::fsync(descriptor);
    while (result != 0 && errno == EINTR);
    if (result != 0) fail_system(path, errno, "a file that can be synced to its disk");
}

} // namespace lora
