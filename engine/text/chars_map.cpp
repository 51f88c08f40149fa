#include "engine/text/chars_map.h"

#include "engine/error.h"
#include "engine/text/step_limits.h"
#include "engine/text/unicode.h"

#include <cstring>

#include <utf8proc.h>

namespace lora {

namespace {

// A unit of darts-clone's double array.
bool has_leaf(std::uint32_t unit) { return ((unit >> 8U) & 1U) != 0; }
std::uint32_t value_of(std::uint32_t unit) { return unit & 0x7FFFFFFFU; }
std::uint32_t label_of(std::uint32_t unit) { return unit & 0x800000FFU; }
std::size_t offset_of(std::uint32_t unit) {
    return static_cast<std::size_t>(unit >> 10U) << ((unit & 0x200U) >> 6U);
}

constexpr std::size_t longest_whole_grapheme = 5; // bytes; longer ones go character by character

/// The end of the grapheme that begins at `begin`.
std::size_t grapheme_end(std::string_view text, std::size_t begin) {
    CodePoint unit = code_point_at(text, begin);
    std::size_t at = begin + unit.size_bytes;
    utf8proc_int32_t state = 0;
    while (at < text.size()) {
        const CodePoint next = code_point_at(text, at);
        if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(unit.value),
                static_cast<utf8proc_int32_t>(next.value), &state)) {
            break;
        }
        at += next.size_bytes;
        unit = next;
    }
    return at;
}

void append_characters(std::string& out, std::string_view text, const CharsMap& map) {
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view character = text.substr(at, code_point_at(text, at).size_bytes);
        const auto match = map.shortest(character);
        out += match ? match->replacement : character;
        at += character.size();
    }
}

} // namespace

CharsMap::CharsMap(std::string_view blob, const std::string& where) {
    std::uint32_t trie_bytes = 0;
    if (blob.size() >= sizeof trie_bytes) {
        std::memcpy(&trie_bytes, blob.data(), sizeof trie_bytes);
        blob.remove_prefix(sizeof trie_bytes);
    }
    if (trie_bytes == 0 || trie_bytes % sizeof(std::uint32_t) != 0 || trie_bytes > blob.size()) {
        fail(where, "a table of " + std::to_string(trie_bytes) + " bytes in " + std::to_string(blob.size()),
            "the size of a trie, its units and the replacements");
    }
    units_.resize(trie_bytes / sizeof(std::uint32_t));
    std::memcpy(units_.data(), blob.data(), trie_bytes);
    replacements_ = blob.substr(trie_bytes);
    replacements_.push_back('\0'); // so that the last one ends
}

std::optional<CharsMap::Match> CharsMap::find(std::string_view text, bool longest) const {
    std::optional<Match> found;
    if (units_.empty()) {
        return found;
    }
    std::size_t node = offset_of(units_[0]);
    for (std::size_t at = 0; at < text.size() && text[at] != '\0'; ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        node ^= byte;
        if (node >= units_.size() || label_of(units_[node]) != byte) {
            break;
        }
        const std::uint32_t unit = units_[node];
        node ^= offset_of(unit);
        if (!has_leaf(unit)) {
            continue;
        }
        const std::size_t begin = node < units_.size() ? value_of(units_[node]) : replacements_.size();
        if (begin >= replacements_.size()) {
            break;
        }
        found = {{replacements_.data() + begin}, at + 1};
        if (!longest) {
            break;
        }
    }
    return found;
}

std::string precompiled(std::string_view text, const CharsMap& map) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = grapheme_end(text, at);
        const std::string_view grapheme = text.substr(at, end - at);
        at = end;
        const auto match = grapheme.size() <= longest_whole_grapheme ? map.shortest(grapheme) : std::nullopt;
        if (match) {
            out += match->replacement;
        } else {
            append_characters(out, grapheme, map);
        }
        check_growth(out.size(), text.size());
    }
    return out;
}

} // namespace lora
