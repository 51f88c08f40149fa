#include "engine/text/normalizers.h"

#include "engine/text/byte_level.h"
#include "engine/text/step_limits.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <utf8proc.h>

namespace lora {

namespace {

std::string changed(UnicodeForm form, const std::string& text) { return to_form(text, form); }

std::string changed(const Prepend& prepend, const std::string& text) {
    return text.empty() ? text : prepend.text + text;
}

std::string changed(const Replace& replace, const std::string& text) { return replaced(text, replace); }

std::string changed(const Lowercase&, const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        if (!unit.valid) {
            out.push_back(text[at]);
        } else if (unit.value == 0x130) { // İ is the one letter whose lower case is two code points
            out += "i\xCC\x87";
        } else {
            append_utf8(
                out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(unit.value))));
        }
        at += unit.size_bytes;
    }
    return out;
}

bool is_space(const CodePoint& unit) { return char_class(unit.value) == CharClass::Space; }

std::string changed(const Strip& strip, const std::string& text) {
    std::size_t begin = 0;
    std::size_t end = text.size();
    while (strip.left && begin < end && is_space(code_point_at(text, begin))) {
        begin += code_point_at(text, begin).size_bytes;
    }
    while (strip.right && begin < end && is_space(code_point_before(text, end))) {
        end -= code_point_before(text, end).size_bytes;
    }
    return text.substr(begin, end - begin);
}

std::string changed(const CleanText&, const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        if (unit.value != 0xFFFD && !is_control(unit.value)) {
            out +=
                is_space(unit) ? std::string_view(" ") : std::string_view(text).substr(at, unit.size_bytes);
        }
        at += unit.size_bytes;
    }
    return out;
}

// The blocks that BERT's own code lists; Japanese and Korean scripts are not among them.
bool is_ideograph(char32_t value) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 7> blocks{{{0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
        {0xF900, 0xFAFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}}};
    return std::any_of(blocks.begin(), blocks.end(),
        [&](const auto& block) { return value >= block.first && value <= block.second; });
}

std::string changed(const SpacedIdeographs&, const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        const std::string_view character = std::string_view(text).substr(at, unit.size_bytes);
        if (is_ideograph(unit.value)) {
            out.append(" ").append(character).append(" ");
        } else {
            out += character;
        }
        at += unit.size_bytes;
    }
    return out;
}

template <typename Goes>
std::string without(const std::string& text, const Goes& goes) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        if (!goes(unit.value)) {
            out.append(text, at, unit.size_bytes);
        }
        at += unit.size_bytes;
    }
    return out;
}

std::string changed(const WithoutAccents&, const std::string& text) {
    return without(text, is_nonspacing_mark);
}

std::string changed(const WithoutMarks&, const std::string& text) { return without(text, is_mark); }

bool is_nmt_control(char32_t value) {
    return (value >= 0x01 && value <= 0x08) || value == 0x0B || (value >= 0x0E && value <= 0x1F)
           || value == 0x7F || value == 0x8F || value == 0x9F;
}

bool is_nmt_space(char32_t value) {
    return value == 0x09 || value == 0x0A || value == 0x0C || value == 0x0D || value == 0x1680
           || (value >= 0x200B && value <= 0x200F) || value == 0x2028 || value == 0x2029 || value == 0x2581
           || value == 0xFEFF || value == 0xFFFD;
}

std::string changed(const NmtSpaces&, const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint unit = code_point_at(text, at);
        if (unit.valid && is_nmt_space(unit.value)) {
            out.push_back(' ');
        } else if (!is_nmt_control(unit.value)) {
            out.append(text, at, unit.size_bytes);
        }
        at += unit.size_bytes;
    }
    return out;
}

std::string changed(const Precompiled& step, const std::string& text) { return precompiled(text, *step.map); }

std::string changed(const SentencePieceText& step, const std::string& text, bool at_start) {
    return normalized(text, step, at_start);
}

std::string changed(const ByteLevelText&, const std::string& text) { return to_byte_level(text); }

/// Most steps do not ask where their text stands.
template <typename Step>
std::string changed(const Step& step, const std::string& text, bool) {
    return changed(step, text);
}

} // namespace

Normalizer::Normalizer(std::vector<NormalizerStep> steps) : steps_(std::move(steps)) {}

std::string Normalizer::normalized(std::string_view text, bool at_start) const {
    std::string result(text);
    for (const NormalizerStep& step : steps_) {
        result = std::visit([&](const auto& kind) { return changed(kind, result, at_start); }, step);
        check_growth(result.size(), text.size());
    }
    return result;
}

} // namespace lora
