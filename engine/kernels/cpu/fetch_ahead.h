#pragma once
// Rows of memory that are wanted soon, asked for a few cache lines at a time while something else is
// computed. Each source file gets its own copy.

#include <cstdint>

namespace lora {

namespace {

/// `rows` rows of `width` bytes, `stride` bytes apart, brought into the second-level cache by and by.
class FetchAhead {
public:
    FetchAhead() = default;
    /// `calls`: in how many calls of fetch() all of it shall have been asked for.
    FetchAhead(
        const void* from, std::int64_t rows, std::int64_t width, std::int64_t stride, std::int64_t calls)
        : row_(static_cast<const char*>(from)), rows_(rows), width_(width), stride_(stride),
          lines_((rows * ((width + line - 1) / line) + calls - 1) / calls) {}

    void fetch() {
        for (std::int64_t i = 0; i < lines_ && rows_ > 0; ++i) {
            __builtin_prefetch(row_ + at_, 0, 2);
            at_ += line;
            if (at_ < width_) continue;
            at_ = 0;
            row_ += stride_;
            --rows_;
        }
    }

private:
    static constexpr std::int64_t line = 64;
    const char* row_ = nullptr;
    std::int64_t rows_ = 0, width_ = 0, stride_ = 0, lines_ = 0, at_ = 0;
};

} // namespace

} // namespace lora
