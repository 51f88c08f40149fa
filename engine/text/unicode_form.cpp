#include "engine/text/unicode_form.h"

#include "engine/text/unicode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include <utf8proc.h>

namespace lora {

namespace {

// No code point decomposes into more than 18.
constexpr std::size_t longest_decomposition = 32;

utf8proc_option_t options_of(UnicodeForm form) {
    const bool composes = form == UnicodeForm::Nfc || form == UnicodeForm::Nfkc;
    const bool compatible = form == UnicodeForm::Nfkc || form == UnicodeForm::Nfkd;
    return static_cast<utf8proc_option_t>(UTF8PROC_STABLE | (composes ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE)
                                          | (compatible ? UTF8PROC_COMPAT : 0));
}

void append_decomposed(std::vector<utf8proc_int32_t>& out, char32_t value, utf8proc_option_t options) {
    std::array<utf8proc_int32_t, longest_decomposition> parts{};
    int boundary = 0;
    const auto decompose = static_cast<utf8proc_option_t>((options & ~UTF8PROC_COMPOSE) | UTF8PROC_DECOMPOSE);
    const utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(value), parts.data(),
        static_cast<utf8proc_ssize_t>(parts.size()), decompose, &boundary);
    if (count <= 0 || count > static_cast<utf8proc_ssize_t>(parts.size())) {
        out.push_back(static_cast<utf8proc_int32_t>(value));
        return;
    }
    out.insert(out.end(), parts.begin(), parts.begin() + count);
}

utf8proc_propval_t combining_class(utf8proc_int32_t value) {
    return utf8proc_get_property(value)->combining_class;
}

// utf8proc_decompose sorts by swapping neighbours, which is quadratic for hostile text.
void sort_marks(std::vector<utf8proc_int32_t>& text) {
    for (auto begin = text.begin(); begin != text.end();) {
        if (combining_class(*begin) == 0) {
            ++begin;
            continue;
        }
        const auto end =
            std::find_if(begin, text.end(), [](auto value) { return combining_class(value) == 0; });
        std::stable_sort(begin, end, [](auto a, auto b) { return combining_class(a) < combining_class(b); });
        begin = end;
    }
}

void append_form(std::string& out, std::vector<utf8proc_int32_t>& text, utf8proc_option_t options) {
    sort_marks(text);
    auto size = static_cast<utf8proc_ssize_t>(text.size());
    if ((options & UTF8PROC_COMPOSE) != 0 && size > 0) {
        size = utf8proc_normalize_utf32(text.data(), size, options);
    }
    for (utf8proc_ssize_t i = 0; i < size; ++i) {
        append_utf8(out, static_cast<char32_t>(text[static_cast<std::size_t>(i)]));
    }
    text.clear();
}

} // namespace

std::string to_form(std::string_view text, UnicodeForm form) {
    if (std::none_of(
            text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; })) {
        return std::string(text);
    }
    const utf8proc_option_t options = options_of(form);
    std::string out;
    out.reserve(text.size());
    std::vector<utf8proc_int32_t> run;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        if (unit.valid) {
            append_decomposed(run, unit.value, options);
        } else {
            append_form(out, run, options);
            out.push_back(text[at]);
        }
        at += unit.size_bytes;
    }
    append_form(out, run, options);
    return out;
}

} // namespace lora
