#include "engine/templates/string_literal.h"

#include "engine/templates/budget.h"
#include "engine/templates/characters.h"

namespace lora::jinja {

namespace {

int digit_of(char letter, int base) {
    int digit = 99;
    if (letter >= '0' && letter <= '9') digit = letter - '0';
    if (letter >= 'a' && letter <= 'f') digit = letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') digit = letter - 'A' + 10;
    return digit < base ? digit : -1;
}

/// The code that the next `count` hexadecimal digits are.
std::int32_t hexadecimal(std::string_view literal, std::size_t& at, std::size_t count) {
    constexpr std::int64_t last = 0x10FFFF;
    std::int64_t code = 0;
    for (std::size_t i = 0; i < count; ++i, ++at) {
        const int digit = at < literal.size() ? digit_of(literal[at], 16) : -1;
        if (digit < 0)
            throw Refusal{"an escape that is cut off", std::to_string(count) + " hexadecimal digits"};
        code = code * 16 + digit;
    }
    if (code > last || (code >= 0xD800 && code < 0xE000))
        throw Refusal{"an escape that is no character", "a code point up to 10ffff, no surrogate"};
    return static_cast<std::int32_t>(code);
}

std::int32_t octal(std::string_view literal, std::size_t& at) {
    std::int32_t code = 0;
    for (int i = 0; i < 3 && at < literal.size() && digit_of(literal[at], 8) >= 0; ++i)
        code = code * 8 + digit_of(literal[at++], 8);
    return code;
}

/// What stands for itself or for a control character behind a backslash; 0 for others.
char simple_escape(char letter) {
    switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'v': return '\v';
    case '\\':
    case '\'':
    case '"': return letter;
    default: return 0;
    }
}

void append_escape(std::string& out, std::string_view literal, std::size_t& at) {
    const char letter = literal[at];
    if (const char simple = simple_escape(letter); simple != 0) {
        out += simple;
        ++at;
    } else if (letter == 'x' || letter == 'u' || letter == 'U') {
        out += encoded(hexadecimal(literal, ++at, letter == 'x' ? 2 : letter == 'u' ? 4 : 8));
    } else if (digit_of(letter, 8) >= 0) {
        out += encoded(octal(literal, at));
    } else if (letter == 'N') {
        throw Refusal{"\\N, a character by its name", "the character, or \\u and its number"};
    } else if (letter == '\n') {
        ++at;
    } else {
        out += '\\'; // Python keeps what is no escape
    }
}

} // namespace

std::string unescaped(std::string_view literal) {
    std::string out;
    for (std::size_t at = 0; at < literal.size();) {
        if (literal[at] != '\\') {
            out += literal[at++];
            continue;
        }
        if (++at == literal.size()) throw Refusal{"a lone backslash", "an escape"};
        append_escape(out, literal, at);
    }
    return out;
}

} // namespace lora::jinja
