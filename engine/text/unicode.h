#pragma once
// Code points out of bytes that may not be UTF-8, and the few classes that pre-tokenizers ask for.
// Source of the classes: Unicode's general categories through utf8proc; White_Space for spaces.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

/// One unit of text. A byte that begins no well-formed sequence is a unit of its own: U+FFFD, not valid, one
/// byte.
struct CodePoint {
    char32_t value = 0;
    std::uint32_t size_bytes = 0;
    bool valid = true;
};

/// The unit at `at`, which must be inside `text`.
CodePoint code_point_at(std::string_view text, std::size_t at);

void append_utf8(std::string& text, char32_t value);

/// Categories L*, N*, the property White_Space, and everything else (marks, punctuation, bytes that are not
/// UTF-8).
enum class CharClass : std::uint8_t { Letter, Number, Space, Other };

CharClass char_class(char32_t value);

/// What a regular expression's \w takes: letters and letter-like signs, marks, decimal digits, connectors and
/// joiners.
bool is_word(char32_t value);

/// Categories P* of Unicode 8 and all of ASCII's signs, as BERT cuts them off.
bool is_punctuation(char32_t value);

/// Category Mn of Unicode 8: accents apart from their letters.
bool is_nonspacing_mark(char32_t value);

/// Categories M*: marks of all kinds.
bool is_mark(char32_t value);

/// Categories Cc, Cf (of Unicode 8) and Co but for tab, line feed and carriage return.
bool is_control(char32_t value);

/// The unit that ends right before `end`, which must not be 0.
CodePoint code_point_before(std::string_view text, std::size_t end);

} // namespace lora
