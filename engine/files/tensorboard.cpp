#include "engine/files/tensorboard.h"

#include <array>
#include <bit>
#include <cstring>

namespace lora {

namespace {

constexpr std::array<std::uint32_t, 256> crc_table() {
    constexpr std::uint32_t castagnoli = 0x82f63b78; // its bits reversed
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? castagnoli : 0);
        table.at(byte) = rest;
    }
    return table;
}

/// A number's bytes, little-endian.
template <class Number>
std::string little_endian(Number number) {
    static_assert(std::endian::native == std::endian::little);
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

// Protocol buffers: a field is a key, number · 8 + kind, and its value in one of these kinds.
constexpr std::uint64_t kind_varint = 0;
constexpr std::uint64_t kind_double = 1;
constexpr std::uint64_t kind_bytes = 2;
constexpr std::uint64_t kind_float = 5;

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 128; value >>= 7) bytes += static_cast<char>(value | 128);
    return bytes + static_cast<char>(value);
}

std::string key(std::uint64_t field, std::uint64_t kind) { return varint(field * 8 + kind); }

std::string bytes_field(std::uint64_t field, std::string_view bytes) {
    return key(field, kind_bytes) + varint(bytes.size()) + std::string(bytes);
}

/// Event: wall_time = 1, step = 2, file_version = 3, summary = 5.
std::string event(double wall_time, std::int64_t step) {
    return key(1, kind_double) + little_endian(wall_time) + key(2, kind_varint)
           + varint(static_cast<std::uint64_t>(step));
}

} // namespace

std::uint32_t crc32c(std::string_view bytes) {
    static constexpr auto table = crc_table();
    std::uint32_t crc = ~0U;
    for (const char byte : bytes)
        crc = (crc >> 8) ^ table.at((crc ^ static_cast<unsigned char>(byte)) & 0xff);
    return ~crc;
}

std::uint32_t masked_crc32c(std::string_view bytes) {
    constexpr std::uint32_t mask = 0xa282ead8;
    return std::rotr(crc32c(bytes), 15) + mask;
}

TensorBoardEvents::TensorBoardEvents(double wall_time) {
    record(event(wall_time, 0) + bytes_field(3, "brain.Event:2"));
}

void TensorBoardEvents::add(double wall_time, std::int64_t step, std::string_view tag, double value) {
    // Summary: value = 1, of which tag = 1 and simple_value = 2.
    const std::string scalar =
        bytes_field(1, tag) + key(2, kind_float) + little_endian(static_cast<float>(value));
    record(event(wall_time, step) + bytes_field(5, bytes_field(1, scalar)));
}

void TensorBoardEvents::record(std::string_view event) {
    const std::string length = little_endian(static_cast<std::uint64_t>(event.size()));
    bytes_ += length + little_endian(masked_crc32c(length));
    bytes_ += event;
    bytes_ += little_endian(masked_crc32c(event));
}

} // namespace lora
