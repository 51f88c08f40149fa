#include "engine/files/bytes.h"

#include "engine/error.h"

#include <limits>

namespace lora {

std::optional<std::uint64_t> checked_mul(std::uint64_t a, std::uint64_t b) {
    if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
    return a * b;
}

std::optional<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b) {
    if (a > std::numeric_limits<std::uint64_t>::max() - b) return std::nullopt;
    return a + b;
}

std::optional<std::uint64_t> checked_size(std::span<const std::int64_t> shape, std::uint64_t element_bytes) {
    std::uint64_t size = element_bytes;
    bool empty = false;
    for (const std::int64_t extent : shape) {
        if (extent < 0) return std::nullopt;
        empty = empty || extent == 0;
        // A zero must not excuse sizes whose product wraps elsewhere, in another order.
        const auto product = checked_mul(size, extent == 0 ? 1 : static_cast<std::uint64_t>(extent));
        if (!product || *product > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
        size = *product;
    }
    return empty ? 0 : size;
}

std::string shape_text(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (const std::int64_t extent : shape) {
        if (text.size() > 1) text += ", ";
        text += std::to_string(extent);
    }
    return text + "]";
}

void ByteReader::require(std::uint64_t count, std::uint64_t item_bytes, std::string_view what) const {
    const auto size = checked_mul(count, item_bytes);
    if (size && *size <= left()) return;
    std::string needed = std::to_string(count);
    if (item_bytes != 1) needed += " × " + std::to_string(item_bytes);
    fail(file_ + ": byte " + std::to_string(position_) + ": " + std::string(what),
        std::to_string(left()) + " bytes left", needed + " bytes", "the file is cut off or damaged");
}

std::span<const std::byte> ByteReader::take(std::uint64_t length, std::string_view what) {
    require(length, 1, what);
    const auto taken = bytes_.subspan(static_cast<std::size_t>(position_), static_cast<std::size_t>(length));
    position_ += length;
    return taken;
}

} // namespace lora
