#include "engine/text/pattern_ranges.h"

#include "engine/text/unicode.h"

#include <cstddef>

namespace lora {

namespace {

struct Part {
    TextRange range;
    bool is_match = false;
};

/// The matches and what lies between them, from the first byte to the last.
std::vector<Part> parts_of(const PatternSplit& split, std::string_view piece) {
    std::vector<Part> parts;
    std::size_t begin = 0;
    for (const TextRange& match : split.pattern.matches(piece)) {
        if (begin != match.begin) {
            parts.push_back({{begin, match.begin}, split.invert});
        }
        parts.push_back({match, !split.invert});
        begin = match.end;
    }
    if (begin != piece.size()) {
        parts.push_back({{begin, piece.size()}, split.invert});
    }
    return parts;
}

/// Joins neighbours as the behaviour asks; with Removed, the matches go.
std::vector<TextRange> joined(const std::vector<Part>& parts, SplitBehaviour behaviour) {
    std::vector<TextRange> ranges;
    bool previous_match = false;
    bool take_next = false;
    for (const Part& part : parts) {
        const bool merges_back =
            (behaviour == SplitBehaviour::Contiguous && part.is_match == previous_match)
            || (behaviour == SplitBehaviour::MergedWithPrevious && part.is_match && !previous_match)
            || (behaviour == SplitBehaviour::MergedWithNext && take_next && !part.is_match);
        take_next = part.is_match;
        previous_match = part.is_match;
        if (behaviour == SplitBehaviour::Removed && part.is_match) {
            continue;
        }
        if (merges_back && !ranges.empty()) {
            ranges.back().end = part.range.end;
        } else {
            ranges.push_back(part.range);
        }
    }
    return ranges;
}

} // namespace

std::vector<TextRange> split_ranges(const PatternSplit& split, std::string_view piece) {
    return joined(parts_of(split, piece), split.behaviour);
}

std::vector<TextRange> split_ranges(const PunctuationSplit& split, std::string_view piece) {
    std::vector<Part> parts;
    for (std::size_t at = 0; at < piece.size();) {
        const CodePoint unit = code_point_at(piece, at);
        const bool is_match = is_punctuation(unit.value);
        const std::size_t end = at + unit.size_bytes;
        if (!is_match && !parts.empty() && !parts.back().is_match) {
            parts.back().range.end = end;
        } else {
            parts.push_back({{at, end}, is_match});
        }
        at = end;
    }
    return joined(parts, split.behaviour);
}

} // namespace lora
