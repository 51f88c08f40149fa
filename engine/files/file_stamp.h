#pragma once
// What tells that a file was not written to since it was looked at, without reading it; and digests that need
// not be formed anew of such a file.

#include <cstdint>
#include <string>

namespace lora {

/// Every write to a file moves the time of its last change, which no program can set.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size_bytes = 0;
    std::int64_t written_ns = 0; ///< since 1970, of the contents
    std::int64_t changed_ns = 0; ///< the same of anything about it
    bool operator==(const FileStamp&) const = default;

    /// Whether its last change lies so far back that one after this look has another time: clocks of disks
    /// tick in milliseconds, of some in seconds.
    bool is_settled() const;
};

/// Throws Error where there is no regular file that can be read.
FileStamp file_stamp_of(const std::string& path);

/// sha256_of_file(); once this process knows it of a file, the file is not read again as long as its stamp
/// stays.
std::string known_sha256_of_file(const std::string& path);
/// Makes a digest known, which was formed of the file when it had this stamp. One that is not settled is left
/// out.
void know_sha256(const FileStamp& stamp, const std::string& sha256);

} // namespace lora
