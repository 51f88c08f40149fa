#include "engine/text/metaspace.h"

#include <algorithm>
#include <cstddef>

namespace lora {

Rewriting with_metaspaces(
    const MetaspaceSplit& split, std::string_view piece, bool at_start, const Places& places) {
    Rewriting text(places, piece.size() + piece.size() / 4 + split.replacement.size());
    const bool marked = piece.front() == ' ' || piece.starts_with(split.replacement);
    const bool wanted = split.prefix == MetaspaceSplit::Prefix::Always
                        || (split.prefix == MetaspaceSplit::Prefix::First && at_start);
    if (wanted && !marked) {
        text.add(split.replacement, 0);
    }
    for (std::size_t at = 0; at < piece.size(); ++at) {
        text.add(piece[at] == ' ' ? std::string_view(split.replacement) : piece.substr(at, 1), at);
    }
    return text;
}

std::vector<TextRange> ranges_at_marks(std::string_view text, std::string_view mark) {
    std::vector<TextRange> ranges;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t search = begin + (text.substr(begin).starts_with(mark) ? mark.size() : 0);
        const std::size_t end = std::min(text.find(mark, search), text.size());
        ranges.push_back({begin, end});
        begin = end;
    }
    return ranges;
}

} // namespace lora
