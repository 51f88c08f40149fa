#include "engine/templates/source.h"

#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora::jinja {

Source::Source(std::string_view text, std::string where) : where_(std::move(where)) {
    text_.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
        text_ += text[at] == '\r' ? '\n' : text[at];
    }
    if (!text_.empty() && text_.back() == '\n') text_.pop_back();
}

std::string Source::place(std::size_t offset) const {
    const std::string_view before = std::string_view(text_).substr(0, std::min(offset, text_.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_begin = before.rfind('\n');
    const std::size_t column =
        before.size() - (line_begin == std::string_view::npos ? 0 : line_begin + 1) + 1;
    return where_ + ": line " + std::to_string(line) + ", column " + std::to_string(column);
}

void Source::refuse(std::size_t offset, std::string_view found, std::string_view expected) const {
    fail(place(offset), shown(found), expected);
}

} // namespace lora::jinja
