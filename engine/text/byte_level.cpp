#include "engine/text/byte_level.h"

#include "engine/text/unicode.h"

#include <array>
#include <cstddef>

namespace lora {

namespace {

constexpr char32_t alphabet_end = 0x100 + 68;

bool stands_for_itself(std::uint32_t byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
    std::array<std::string, 256> chars;
    std::array<std::int16_t, alphabet_end> bytes{};

    Alphabet() {
        bytes.fill(-1);
        char32_t next = 0x100;
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            const char32_t value = stands_for_itself(byte) ? byte : next++;
            append_utf8(chars[byte], value);
            bytes[value] = static_cast<std::int16_t>(byte);
        }
    }
};

const Alphabet& alphabet() {
    static const Alphabet table;
    return table;
}

} // namespace

std::string_view byte_level_char(std::uint8_t byte) { return alphabet().chars[byte]; }

std::string to_byte_level(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        text += byte_level_char(static_cast<std::uint8_t>(byte));
    }
    return text;
}

std::optional<std::string> from_byte_level(std::string_view token) {
    const Alphabet& table = alphabet();
    std::string bytes;
    for (std::size_t at = 0; at < token.size();) {
        const CodePoint unit = code_point_at(token, at);
        if (!unit.valid || unit.value >= alphabet_end || table.bytes[unit.value] < 0) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<char>(table.bytes[unit.value]));
        at += unit.size_bytes;
    }
    return bytes;
}

} // namespace lora
