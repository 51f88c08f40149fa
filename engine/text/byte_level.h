#pragma once
// Byte-level BPE's alphabet: every byte as one printable code point, so that vocabularies are text.
// Source: GPT-2's encoder: printable Latin-1 stands for itself, the other 68 bytes take U+0100 and on, in
// order.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lora {

/// The byte's code point as UTF-8.
std::string_view byte_level_char(std::uint8_t byte);

/// The bytes written in the alphabet.
std::string to_byte_level(std::string_view bytes);

/// The bytes that `token` stands for; nothing if a code point of it is not in the alphabet.
std::optional<std::string> from_byte_level(std::string_view token);

} // namespace lora
