#include "engine/files/zstandard.h"

#include "engine/error.h"

#include <new>

#include <zstd.h>
#include <zstd_errors.h>

namespace lora {

namespace {

constexpr int largest_window_log2 = 27;

struct FreeContext {
    void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
};

class ZstandardStream : public ByteStream {
public:
    ZstandardStream(std::string_view bytes, std::string path)
        : bytes_(bytes), path_(std::move(path)), context_(::ZSTD_createDCtx()) {
        if (context_ == nullptr) throw std::bad_alloc();
        ::ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, largest_window_log2);
    }

    std::size_t read(std::span<char> into) override {
        ZSTD_inBuffer in{bytes_.data(), bytes_.size(), at_};
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0 && (in.pos < in.size || in_frame_)) {
            const std::size_t before = in.pos;
            const std::size_t left = ::ZSTD_decompressStream(context_.get(), &out, &in);
            if (::ZSTD_isError(left) != 0) refuse(::ZSTD_getErrorCode(left), before);
            in_frame_ = left != 0;
            if (in_frame_ && in.pos == in.size && out.pos == 0)
                fail(path_, "the end of the file in the middle of a Zstandard frame", "a whole one",
                    "fetch it again");
        }
        at_ = in.pos;
        expanded_ += out.pos;
        check_expansion(at_, expanded_, path_);
        return out.pos;
    }

private:
    [[noreturn]] void refuse(ZSTD_ErrorCode code, std::size_t at) const {
        const std::string place = path_ + ": behind byte " + std::to_string(at);
        if (code == ZSTD_error_frameParameter_windowTooLarge)
            fail(place, "a frame that needs a window of more than 128 MB", "at most 128 MB",
                "compress it again without --long or --ultra");
        if (code == ZSTD_error_prefix_unknown)
            fail(place, "other bytes than a Zstandard frame", "another frame, or the end of the file");
        fail(place, std::string("damaged Zstandard data (") + ::ZSTD_getErrorString(code) + ")",
            "data whose checksum holds", "fetch the file again");
    }

    std::string_view bytes_;
    std::string path_;
    std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
    std::size_t at_ = 0;
    std::size_t expanded_ = 0;
    bool in_frame_ = false;
};

} // namespace

std::unique_ptr<ByteStream> open_zstandard(std::string_view bytes, const std::string& path) {
    return std::make_unique<ZstandardStream>(bytes, path);
}

} // namespace lora
