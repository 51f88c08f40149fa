#pragma once
// `<0xNN>`: how vocabularies with byte fallback write a single byte.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lora {

/// `<0x0A>` for 10.
std::string byte_token(std::uint8_t byte);

/// The byte of a token of exactly that form; nothing for any other text.
std::optional<std::uint8_t> byte_of_token(std::string_view token);

} // namespace lora
