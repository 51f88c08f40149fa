#include "engine/text/unicode.h"

#include "engine/text/unicode_age.h"

#include <array>

#include <utf8proc.h>

namespace lora {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

bool is_continuation(std::string_view text, std::size_t at) {
    return at < text.size() && (byte_at(text, at) & 0xC0U) == 0x80U;
}

constexpr CodePoint broken{0xFFFD, 1, false};

CodePoint two_bytes(std::string_view text, std::size_t at, std::uint32_t lead) {
    if (lead < 0xC2U || !is_continuation(text, at + 1)) {
        return broken;
    }
    return {((lead & 0x1FU) << 6U) | (byte_at(text, at + 1) & 0x3FU), 2, true};
}

CodePoint three_bytes(std::string_view text, std::size_t at, std::uint32_t lead) {
    if (!is_continuation(text, at + 1) || !is_continuation(text, at + 2)) {
        return broken;
    }
    const std::uint32_t value =
        ((lead & 0x0FU) << 12U) | ((byte_at(text, at + 1) & 0x3FU) << 6U) | (byte_at(text, at + 2) & 0x3FU);
    const bool is_surrogate = value >= 0xD800U && value <= 0xDFFFU;
    return value < 0x800U || is_surrogate ? broken : CodePoint{value, 3, true};
}

CodePoint four_bytes(std::string_view text, std::size_t at, std::uint32_t lead) {
    if (lead > 0xF4U || !is_continuation(text, at + 1) || !is_continuation(text, at + 2)
        || !is_continuation(text, at + 3)) {
        return broken;
    }
    const std::uint32_t value = ((lead & 0x07U) << 18U) | ((byte_at(text, at + 1) & 0x3FU) << 12U)
                                | ((byte_at(text, at + 2) & 0x3FU) << 6U) | (byte_at(text, at + 3) & 0x3FU);
    return value < 0x10000U || value > 0x10FFFFU ? broken : CodePoint{value, 4, true};
}

CharClass ascii_class(char32_t value) {
    if ((value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z')) {
        return CharClass::Letter;
    }
    if (value >= '0' && value <= '9') {
        return CharClass::Number;
    }
    return value == ' ' || (value >= 9 && value <= 13) ? CharClass::Space : CharClass::Other;
}

constexpr std::size_t ascii_size = 128;

std::array<CharClass, ascii_size> make_ascii_classes() {
    std::array<CharClass, ascii_size> classes{};
    for (char32_t value = 0; value < ascii_size; ++value) {
        classes[value] = ascii_class(value);
    }
    return classes;
}

bool is_wide_space(char32_t value) {
    return value == 0x85 || value == 0xA0 || value == 0x1680 || (value >= 0x2000 && value <= 0x200A)
           || value == 0x2028 || value == 0x2029 || value == 0x202F || value == 0x205F || value == 0x3000;
}

// Letters in circles and squares: signs by category, alphabetic by property.
bool is_enclosed_letter(char32_t value) {
    return (value >= 0x24B6 && value <= 0x24E9) || (value >= 0x1F130 && value <= 0x1F149)
           || (value >= 0x1F150 && value <= 0x1F169) || (value >= 0x1F170 && value <= 0x1F189);
}

} // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const std::uint32_t lead = byte_at(text, at);
    if (lead < 0x80U) {
        return {lead, 1, true};
    }
    if (lead < 0xE0U) {
        return two_bytes(text, at, lead);
    }
    return lead < 0xF0U ? three_bytes(text, at, lead) : four_bytes(text, at, lead);
}

CodePoint code_point_before(std::string_view text, std::size_t end) {
    for (std::size_t size = 1; size <= 4 && size <= end; ++size) {
        const CodePoint unit = code_point_at(text, end - size);
        if (unit.valid && unit.size_bytes == size) {
            return unit;
        }
    }
    return broken;
}

void append_utf8(std::string& text, char32_t value) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(value), bytes.data());
    for (utf8proc_ssize_t i = 0; i < size; ++i) {
        text.push_back(static_cast<char>(bytes[static_cast<std::size_t>(i)]));
    }
}

CharClass char_class(char32_t value) {
    static const std::array<CharClass, ascii_size> ascii = make_ascii_classes();
    if (value < ascii_size) {
        return ascii[value];
    }
    if (is_wide_space(value)) {
        return CharClass::Space;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return CharClass::Letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return CharClass::Number;
    case UTF8PROC_CATEGORY_CN:
        if (is_new_letter(value)) return CharClass::Letter;
        return is_new_number(value) ? CharClass::Number : CharClass::Other;
    default: return CharClass::Other;
    }
}

bool is_punctuation(char32_t value) {
    if (value < ascii_size) {
        return value > ' ' && value < 0x7F && char_class(value) == CharClass::Other;
    }
    if (value == 0x166D || value == 0x111C9) { // were, in Unicode 8
        return true;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO: return !is_mark_after_unicode_8(value);
    default: return false;
    }
}

bool is_nonspacing_mark(char32_t value) {
    return value >= ascii_size
           && utf8proc_category(static_cast<utf8proc_int32_t>(value)) == UTF8PROC_CATEGORY_MN
           && !is_mark_after_unicode_8(value);
}

bool is_mark(char32_t value) {
    if (value < ascii_size) {
        return false;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return true;
    default: return false;
    }
}

bool is_control(char32_t value) {
    if (value == '\t' || value == '\n' || value == '\r') {
        return false;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: return !is_mark_after_unicode_8(value);
    case UTF8PROC_CATEGORY_CO: return true;
    default: return false;
    }
}

bool is_word(char32_t value) {
    if (char_class(value) == CharClass::Letter || value == 0x200C || value == 0x200D) {
        return true;
    }
    if (is_enclosed_letter(value)) {
        return true;
    }
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return false;
    }
}

} // namespace lora
