#include "engine/text/sentence_piece_text.h"

#include "engine/text/step_limits.h"
#include "engine/text/unicode.h"

#include <cstddef>

namespace lora {

namespace {

/// One unit of a text: what it becomes, and how many bytes it was.
struct Unit {
    std::string_view text;
    std::size_t size_bytes = 0;
};

std::size_t kept_bytes(std::string_view text, const SentencePieceText& how) {
    std::size_t longest = 0;
    if (how.kept) {
        how.kept->prefixes(text, [&](std::int32_t, std::size_t bytes) { longest = bytes; });
    }
    return longest;
}

Unit unit_at(std::string_view text, std::size_t at, const SentencePieceText& how) {
    const std::string_view rest = text.substr(at);
    if (const std::size_t bytes = kept_bytes(rest, how); bytes > 0) {
        return {rest.substr(0, bytes), bytes};
    }
    if (how.replacements) {
        if (const auto match = how.replacements->longest(rest)) {
            return {match->replacement, match->size_bytes};
        }
    }
    const CodePoint unit = code_point_at(text, at);
    return {unit.valid ? rest.substr(0, unit.size_bytes) : "\xEF\xBF\xBD", unit.size_bytes};
}

void append_marked(std::string& out, std::string_view text, std::string_view space) {
    for (const char byte : text) {
        if (byte == ' ') {
            out += space;
        } else {
            out.push_back(byte);
        }
    }
}

} // namespace

std::string normalized(std::string_view text, const SentencePieceText& how, bool at_start) {
    const std::string_view space = how.marks_spaces ? space_mark : " ";
    std::size_t at = 0;
    while (how.removes_extra_spaces && at < text.size()) {
        const Unit unit = unit_at(text, at, how);
        if (unit.text != " ") {
            break;
        }
        at += unit.size_bytes;
    }
    std::string out;
    if (at == text.size()) {
        return out;
    }
    out.reserve(text.size() + text.size() / 4 + space.size());
    const bool adds_space = how.adds_space && (at_start || !how.only_at_start);
    if (adds_space && !how.adds_behind) {
        out += space;
    }
    bool after_space = how.removes_extra_spaces;
    while (at < text.size()) {
        const Unit unit = unit_at(text, at, how);
        std::string_view kept = unit.text;
        while (after_space && kept.starts_with(' ')) {
            kept.remove_prefix(1);
        }
        if (!kept.empty()) {
            append_marked(out, kept, space);
            after_space = how.removes_extra_spaces && kept.ends_with(' ');
            check_growth(out.size(), text.size());
        }
        at += unit.size_bytes;
    }
    while (how.removes_extra_spaces && out.ends_with(space)) {
        out.resize(out.size() - space.size());
    }
    if (adds_space && how.adds_behind) {
        out += space;
    }
    return out;
}

} // namespace lora
