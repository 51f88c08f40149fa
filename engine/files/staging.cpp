#include "engine/files/staging.h"

#include "engine/files/descriptor.h"

#include <cerrno>
#include <filesystem>
#include <random>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

/// Asks for the space before it is used, so that a full disk is met at the first byte. Not every disk can
/// answer.
void reserve(int descriptor, std::size_t size_bytes, const std::string& path) {
    if (size_bytes == 0) return;
    const int code = ::posix_fallocate(descriptor, 0, static_cast<off_t>(size_bytes));
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) fail_system(path, code, "room for the file");
}

void close_checked(Descriptor descriptor, const std::string& path) {
    if (::close(descriptor.release()) != 0 && errno != EINTR)
        fail_system(path, errno, "a file that can be written");
}

} // namespace

std::string name_beside(const std::string& path, std::string_view suffix) {
    static constexpr char digits[] = "0123456789abcdef";
    std::random_device random;
    std::string name = path + std::string(suffix);
    for (int i = 0; i < 16; ++i) name += digits[random() & 15];
    return name;
}

bool is_left_over(std::string_view name) {
    constexpr std::size_t digits = 16;
    if (name.size() < digits) return false;
    return name.substr(0, name.size() - digits).ends_with(".tmp-")
           && name.find_first_not_of("0123456789abcdef", name.size() - digits) == std::string_view::npos;
}

void remove_left_overs(const std::string& folder) {
    std::error_code failure;
    std::vector<std::filesystem::path> found;
    for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure))
        if (is_left_over(entry->path().filename().string())) found.push_back(entry->path());
    for (const auto& path : found) std::filesystem::remove_all(path, failure);
}

void remove_at_once(const std::string& folder) {
    std::error_code failure;
    const std::string nameless = name_beside(folder, ".tmp-");
    std::filesystem::rename(folder, nameless, failure);
    if (!failure) std::filesystem::remove_all(nameless, failure);
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

std::size_t write_new_file(const std::string& path, std::span<const std::string_view> pieces) {
    std::size_t size_bytes = 0;
    Descriptor descriptor =
        open_file(path, O_WRONLY | O_CREAT | O_EXCL, "a folder that can be written", parent_of(path));
    try {
        size_bytes = write_synced(descriptor.number(), pieces, path);
        close_checked(std::move(descriptor), path);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    return size_bytes;
}

std::size_t write_new_file(const std::string& path, std::string_view bytes) {
    return write_new_file(path, std::span(&bytes, 1));
}

std::size_t write_synced(int descriptor, std::span<const std::string_view> pieces, const std::string& path) {
    std::size_t size_bytes = 0;
    for (const std::string_view piece : pieces) size_bytes += piece.size();
    reserve(descriptor, size_bytes, path);
    for (const std::string_view piece : pieces) write_all(descriptor, piece, path);
    sync(descriptor, path);
    return size_bytes;
}

void sync_folder(const std::string& folder) {
    const Descriptor descriptor = open_file(folder, O_RDONLY | O_DIRECTORY, "a folder");
    sync(descriptor.number(), folder);
}

} // namespace lora
