#include "engine/text/metaspace.h"

#include <algorithm>
#include <cstddef>

namespace lora {

std::string with_metaspaces(const MetaspaceSplit& split, std::string_view piece, bool at_start) {
    std::string text;
    text.reserve(piece.size() + piece.size() / 4 + split.replacement.size());
    const bool marked = piece.front() == ' ' || piece.starts_with(split.replacement);
    const bool wanted = split.prefix == MetaspaceSplit::Prefix::Always
                        || (split.prefix == MetaspaceSplit::Prefix::First && at_start);
    if (wanted && !marked) {
        text += split.replacement;
    }
    for (const char byte : piece) {
        if (byte == ' ') {
            text += split.replacement;
        } else {
            text.push_back(byte);
        }
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
