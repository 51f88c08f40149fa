#pragma once
// Bytes of a file read front to back, little-endian: every length is compared with the bytes left before it
// is used.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lora {

static_assert(
    std::endian::native == std::endian::little, "the file formats are read in place as little-endian");

/// The product or sum; none where it does not fit into 64 bits.
std::optional<std::uint64_t> checked_mul(std::uint64_t a, std::uint64_t b);
std::optional<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b);

/// The product of `shape`'s sizes and `element_bytes`; none if a size is negative or the product of all that
/// are not zero does not fit into int64.
std::optional<std::uint64_t> checked_size(std::span<const std::int64_t> shape, std::uint64_t element_bytes);

/// `[576, 1536]`, for messages.
std::string shape_text(std::span<const std::int64_t> shape);

/// A place in a file's bytes that moves forward. `what` names the thing that is read in the message of a
/// refusal.
class ByteReader {
public:
    ByteReader(std::span<const std::byte> bytes, std::string file) : bytes_(bytes), file_(std::move(file)) {}

    std::uint64_t position() const { return position_; }
    std::uint64_t left() const { return bytes_.size() - position_; }
    const std::string& file() const { return file_; }
    /// What was read from this earlier position() on.
    std::span<const std::byte> since(std::uint64_t begin) const {
        return bytes_.subspan(begin, position_ - begin);
    }

    /// Throws Error if fewer than `count` items of at least `item_bytes` each can be left.
    void require(std::uint64_t count, std::uint64_t item_bytes, std::string_view what) const;

    /// The next `length` bytes. Throws Error if fewer are left.
    std::span<const std::byte> take(std::uint64_t length, std::string_view what);

    /// The next number. Throws Error if the file ends before it.
    template <class Number>
    Number number(std::string_view what) {
        Number value;
        std::memcpy(&value, take(sizeof(Number), what).data(), sizeof(Number));
        return value;
    }

private:
    std::span<const std::byte> bytes_;
    std::string file_;
    std::uint64_t position_ = 0;
};

} // namespace lora
