#include "engine/files/mapped_file.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/mapping_guard.h"

#include <cerrno>
#include <limits>
#include <utility>

#include <sys/mman.h>

#include <unistd.h>

namespace lora {

MappedFile::MappedFile(const std::string& path) : path_(path) {
    RegularFile file = open_regular(path);
    if (file.size_bytes > std::numeric_limits<std::size_t>::max() / 2)
        fail(path, std::to_string(file.size_bytes) + " bytes", "a file that fits into memory addresses");
    size_bytes_ = static_cast<std::size_t>(file.size_bytes);
    if (size_bytes_ == 0) return;
    void* address = ::mmap(nullptr, size_bytes_, PROT_READ, MAP_PRIVATE, file.descriptor.number(), 0);
    if (address == MAP_FAILED) fail_system(path, errno, "a file that can be mapped");
    try {
        guard_mapping(
            {static_cast<const std::byte*>(address), size_bytes_}, std::move(file.descriptor), path);
    } catch (...) {
        ::munmap(address, size_bytes_);
        throw;
    }
    data_ = static_cast<const std::byte*>(address);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(data_, other.data_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ == nullptr) return;
    unguard_mapping(data_);
    ::munmap(const_cast<std::byte*>(data_), size_bytes_);
}

void release_pages(std::span<const std::byte> bytes) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + bytes.size()) / page * page;
    // The advice changes no byte of a file's mapping, so that a refusal does no harm.
    if (first < last)
        ::madvise(const_cast<std::byte*>(bytes.data()) + (first - begin), last - first, MADV_DONTNEED);
}

std::string read_text(const std::string& path, std::size_t limit_bytes) {
    const RegularFile file = open_regular(path);
    const std::string expected = "at most " + std::to_string(limit_bytes) + " bytes";
    if (file.size_bytes > limit_bytes) fail(path, std::to_string(file.size_bytes) + " bytes", expected);
    const auto size = static_cast<std::size_t>(file.size_bytes);
    // One byte more than the file should have, so that a file that grows meanwhile is noticed.
    std::string text = read_up_to(file.descriptor.number(), size + 1, path);
    if (text.size() > size) fail(path, "a file that grows while it is read", "a file at rest");
    return text;
}

} // namespace lora
