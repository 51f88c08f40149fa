#pragma once
// A regular file, mapped read-only: weights are used where they lie, never copied whole.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lora {

/// A read-only mapping of a whole file; the bytes stay at their address until the object goes.
/// Where the file is cut short meanwhile, the bytes that it lost read as zeros: see mapping_guard.h. Moving
/// it keeps the address. Anything but a regular file (folder, FIFO, device) is refused.
class MappedFile {
public:
    /// Throws Error where the file cannot be opened, is not a regular file, or cannot be mapped.
    explicit MappedFile(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    const std::string& path() const { return path_; }
    std::span<const std::byte> bytes() const { return {data_, size_bytes_}; }

private:
    std::string path_;
    const std::byte* data_ = nullptr;
    std::size_t size_bytes_ = 0;
};

/// Tells the system that these bytes of a mapping are not needed for now: the pages that lie wholly inside
/// leave the resident set. The bytes can still be read; they come from the file again.
void release_pages(std::span<const std::byte> bytes);

/// The whole of a small file as text. Throws Error if it is larger than `limit_bytes` or cannot be read.
std::string read_text(const std::string& path, std::size_t limit_bytes);

} // namespace lora
