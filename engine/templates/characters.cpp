#include "engine/templates/characters.h"

#include <utf8proc.h>

namespace lora::jinja {

namespace {

using Mapping = utf8proc_int32_t (*)(utf8proc_int32_t);

void append_mapped(
    std::string& out, std::string_view text, std::size_t at, Character character, Mapping map) {
    constexpr std::int32_t sharp_s = 0xDF;
    if (character.code < 0)
        out += text[at];
    else if (character.code == sharp_s && map != utf8proc_tolower)
        out += map == utf8proc_toupper ? "SS" : "Ss";
    else
        out += encoded(map(character.code));
}

std::string mapped(std::string_view text, Mapping map) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        append_mapped(out, text, at, character, map);
        at += character.bytes;
    }
    return out;
}

bool is_cased(std::int32_t code) {
    return is_upper(code) || is_lower(code) || utf8proc_category(code) == UTF8PROC_CATEGORY_LT;
}

bool in_set(std::string_view character, std::int32_t code, const std::string* set) {
    if (set == nullptr) return is_space(code);
    for (std::size_t at = 0; at < set->size();) {
        const std::size_t bytes = character_at(*set, at).bytes;
        if (std::string_view(*set).substr(at, bytes) == character) return true;
        at += bytes;
    }
    return false;
}

/// The byte at which the last character begins.
std::size_t last_start(std::string_view text) {
    for (std::size_t back = 1; back <= 4 && back <= text.size(); ++back)
        if (character_at(text, text.size() - back).bytes == back) return text.size() - back;
    return text.size() - 1;
}

} // namespace

Character character_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {first, 1};
    utf8proc_int32_t code = -1;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
        static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    return bytes > 0 ? Character{code, static_cast<std::size_t>(bytes)} : Character{};
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) at += character_at(text, at).bytes;
    return count;
}

std::vector<std::size_t> character_starts(std::string_view text) {
    std::vector<std::size_t> starts;
    starts.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); at += character_at(text, at).bytes) starts.push_back(at);
    return starts;
}

std::string encoded(std::int32_t code) {
    std::string bytes(4, '\0');
    const auto length = utf8proc_encode_char(code, reinterpret_cast<utf8proc_uint8_t*>(bytes.data()));
    bytes.resize(static_cast<std::size_t>(length));
    return bytes;
}

bool is_space(std::int32_t code) {
    if (code < 0x80) return code == ' ' || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A)
           || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_letter(std::int32_t code) {
    const utf8proc_category_t category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool is_digit(std::int32_t code) { return utf8proc_category(code) == UTF8PROC_CATEGORY_ND; }
bool is_upper(std::int32_t code) { return utf8proc_isupper(code) != 0; }
bool is_lower(std::int32_t code) { return utf8proc_islower(code) != 0; }

bool is_printable(std::int32_t code) {
    if (code == ' ') return true;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
    }
}

std::string upper(std::string_view text) { return mapped(text, utf8proc_toupper); }
std::string lower(std::string_view text) { return mapped(text, utf8proc_tolower); }

std::string capitalized(std::string_view text) {
    if (text.empty()) return {};
    const Character first = character_at(text, 0);
    std::string out;
    append_mapped(out, text, 0, first, utf8proc_totitle);
    return out + lower(text.substr(first.bytes));
}

std::string titled(std::string_view text) {
    std::string out;
    bool inside = false; // behind a letter that has a case
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        append_mapped(out, text, at, character, inside ? utf8proc_tolower : utf8proc_totitle);
        inside = character.code >= 0 && is_cased(character.code);
        at += character.bytes;
    }
    return out;
}

std::string_view stripped_left(std::string_view text, const std::string* set) {
    while (!text.empty()) {
        const Character first = character_at(text, 0);
        if (!in_set(text.substr(0, first.bytes), first.code, set)) break;
        text.remove_prefix(first.bytes);
    }
    return text;
}

std::string_view stripped_right(std::string_view text, const std::string* set) {
    while (!text.empty()) {
        const std::size_t start = last_start(text);
        if (!in_set(text.substr(start), character_at(text, start).code, set)) break;
        text.remove_suffix(text.size() - start);
    }
    return text;
}

} // namespace lora::jinja
