#include "engine/files/file_stamp.h"

#include "engine/files/descriptor.h"
#include "engine/files/digest.h"

#include <cerrno>
#include <chrono>
#include <compare>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

#include <sys/stat.h>

namespace lora {

namespace {

constexpr std::chrono::nanoseconds settling = std::chrono::seconds(3);

std::int64_t nanoseconds(const struct timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

struct ByNumbers {
    static auto numbers(const FileStamp& stamp) {
        return std::tie(stamp.device, stamp.inode, stamp.size_bytes, stamp.written_ns, stamp.changed_ns);
    }
    bool operator()(const FileStamp& one, const FileStamp& other) const {
        return numbers(one) < numbers(other);
    }
};

class KnownDigests {
public:
    static KnownDigests& all() {
        static KnownDigests known;
        return known;
    }
    std::optional<std::string> find(const FileStamp& stamp) {
        const std::lock_guard held(lock_);
        const auto found = digests_.find(stamp);
        return found == digests_.end() ? std::nullopt : std::optional(found->second);
    }
    void keep(const FileStamp& stamp, const std::string& sha256) {
        constexpr std::size_t most = 1 << 16;
        const std::lock_guard held(lock_);
        if (digests_.size() >= most) digests_.clear();
        digests_.insert_or_assign(stamp, sha256);
    }

private:
    std::mutex lock_;
    std::map<FileStamp, std::string, ByNumbers> digests_;
};

} // namespace

bool FileStamp::is_settled() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(changed_ns) + settling < now;
}

FileStamp file_stamp_of(const std::string& path) {
    const RegularFile file = open_regular(path);
    struct stat state = {};
    if (::fstat(file.descriptor.number(), &state) != 0) fail_system(path, errno, "a file that can be read");
    return {.device = state.st_dev,
        .inode = state.st_ino,
        .size_bytes = static_cast<std::uint64_t>(state.st_size),
        .written_ns = nanoseconds(state.st_mtim),
        .changed_ns = nanoseconds(state.st_ctim)};
}

std::string known_sha256_of_file(const std::string& path) {
    const FileStamp before = file_stamp_of(path);
    const bool settled = before.is_settled();
    if (settled)
        if (auto known = KnownDigests::all().find(before)) return *known;
    std::string sha256 = sha256_of_file(path);
    if (settled && file_stamp_of(path) == before) KnownDigests::all().keep(before, sha256);
    return sha256;
}

void know_sha256(const FileStamp& stamp, const std::string& sha256) {
    if (stamp.is_settled()) KnownDigests::all().keep(stamp, sha256);
}

} // namespace lora
