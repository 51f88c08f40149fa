#pragma once
// Open files by their POSIX descriptors: interrupted calls go on, short writes are completed, every failure
// is an Error.

#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

/// Owns an open descriptor.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    int number() const { return number_; }
    /// Gives the descriptor away; the caller closes it.
    int release();

private:
    int number_;
};

/// Throws DiskFull where `code` is ENOSPC, EDQUOT or EFBIG, else Error: `path: found <the system's words>,
/// expected …`.
[[noreturn]] void fail_system(const std::string& path, int code, std::string_view expected);

/// open(2), closed on exec. Throws Error.
Descriptor open_file(const std::string& path, int flags, std::string_view expected);
/// The same; `place` is what a refusal names instead of `path`.
Descriptor open_file(const std::string& path, int flags, std::string_view expected, const std::string& place);

/// A regular file opened for reading and its size. Never waits: a FIFO or device is refused, as a folder is.
/// Throws Error.
struct RegularFile {
    Descriptor descriptor;
    std::uint64_t size_bytes;
};
RegularFile open_regular(const std::string& path);

/// Writes all of `bytes` at the descriptor's position. Throws DiskFull or Error.
void write_all(int descriptor, std::string_view bytes, const std::string& path);

/// Reads up to `limit` bytes; fewer only at the end of the file. Throws Error.
std::string read_up_to(int descriptor, std::size_t limit, const std::string& path);

/// fsync(2). Throws DiskFull or Error.
void sync(int descriptor, const std::string& path);

} // namespace lora
