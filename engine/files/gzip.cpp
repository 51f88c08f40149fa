#include "engine/files/gzip.h"

#include "engine/error.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

namespace lora {

namespace {

constexpr int gzip_alone = 15 + 16; // the largest window, and no other header than gzip's

class GzipStream : public ByteStream {
public:
    GzipStream(std::string_view bytes, std::string path)
        : rest_(bytes), size_(bytes.size()), path_(std::move(path)) {
        if (::inflateInit2(&state_, gzip_alone) != Z_OK) throw std::bad_alloc();
    }
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;
    ~GzipStream() override { ::inflateEnd(&state_); }

    std::size_t read(std::span<char> into) override {
        std::size_t written = 0;
        while (written == 0 && begin_member()) written = inflate_into(into);
        expanded_ += written;
        check_expansion(size_ - rest_.size(), expanded_, path_);
        return written;
    }

private:
    /// Whether there is more to expand: of this member, or the next one.
    bool begin_member() {
        if (in_member_) return true;
        const bool first = rest_.size() == size_;
        if (!first && rest_.find_first_not_of('\0') == std::string_view::npos) return false;
        if (!first && !rest_.starts_with("\x1f\x8b"))
            fail(path_, "other bytes behind the end of a gzip member",
                "another member, or the end of the file");
        if (!first) ::inflateReset(&state_);
        in_member_ = true;
        return true;
    }

    std::size_t inflate_into(std::span<char> into) {
        static constexpr std::size_t most = std::numeric_limits<uInt>::max();
        const auto given = static_cast<uInt>(std::min(rest_.size(), most));
        const auto room = static_cast<uInt>(std::min(into.size(), most));
        // zlib reads what `next_in` points to and never writes there.
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
        state_.avail_in = given;
        state_.next_out = reinterpret_cast<Bytef*>(into.data());
        state_.avail_out = room;
        const int result = ::inflate(&state_, Z_NO_FLUSH);
        rest_.remove_prefix(given - state_.avail_in);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result == Z_STREAM_END)
            in_member_ = false;
        else if (result != Z_OK)
            refuse();
        return room - state_.avail_out;
    }

    [[noreturn]] void refuse() const {
        if (rest_.empty())
            fail(
                path_, "the end of the file in the middle of a gzip member", "a whole one", "fetch it again");
        fail(path_ + ": byte " + std::to_string(size_ - rest_.size()),
            "damaged gzip data (" + shown(state_.msg == nullptr ? "no reason given" : state_.msg) + ")",
            "data whose checksum holds", "fetch the file again");
    }

    std::string_view rest_;
    std::size_t size_;
    std::string path_;
    z_stream state_{};
    std::size_t expanded_ = 0;
    bool in_member_ = false;
};

} // namespace

std::unique_ptr<ByteStream> open_gzip(std::string_view bytes, const std::string& path) {
    return std::make_unique<GzipStream>(bytes, path);
}

} // namespace lora
