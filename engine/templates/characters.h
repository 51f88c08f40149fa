#pragma once
// Text as Python counts it: in characters (code points), not in bytes. A byte that is no UTF-8 is a character
// of its own.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lora::jinja {

struct Character {
    std::int32_t code = -1; ///< -1 for a byte that is no UTF-8
    std::size_t bytes = 1;
};

/// The character that begins at byte `at`, which must be inside.
Character character_at(std::string_view text, std::size_t at);
std::size_t count_characters(std::string_view text);
/// The byte at which each character begins.
std::vector<std::size_t> character_starts(std::string_view text);
/// UTF-8 of a code point.
std::string encoded(std::int32_t code);

bool is_space(std::int32_t code);
bool is_letter(std::int32_t code);
bool is_digit(std::int32_t code);
bool is_upper(std::int32_t code);
bool is_lower(std::int32_t code);
/// Whether Python's repr() shows it as it is.
bool is_printable(std::int32_t code);

/// Python's str.upper, lower, capitalize and title; each letter becomes one letter (but ß becomes SS).
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string capitalized(std::string_view text);
std::string titled(std::string_view text);

/// Without the characters at its ends that `set` has, or without white space where `set` is null.
std::string_view stripped_left(std::string_view text, const std::string* set = nullptr);
std::string_view stripped_right(std::string_view text, const std::string* set = nullptr);

} // namespace lora::jinja
