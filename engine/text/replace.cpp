#include "engine/text/replace.h"

#include "engine/text/step_limits.h"

#include <cstddef>
#include <vector>

namespace lora {

namespace {

std::string with_ranges_replaced(
    std::string_view text, const std::vector<TextRange>& ranges, std::string_view to) {
    check_growth(text.size() + ranges.size() * to.size(), text.size());
    std::string out;
    std::size_t at = 0;
    for (const TextRange& range : ranges) {
        out += text.substr(at, range.begin - at);
        out += to;
        at = range.end;
    }
    out += text.substr(at);
    return out;
}

std::vector<TextRange> occurrences(std::string_view text, std::string_view part) {
    std::vector<TextRange> ranges;
    if (part.empty()) {
        return ranges;
    }
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ranges.push_back({at, at + part.size()});
    }
    return ranges;
}

} // namespace

std::string replaced(std::string_view text, const Replace& replace) {
    const auto* part = std::get_if<std::string>(&replace.from);
    return with_ranges_replaced(
        text, part ? occurrences(text, *part) : std::get<Pattern>(replace.from).matches(text), replace.to);
}

} // namespace lora
