#include "engine/door/place.h"

#include <string_view>

namespace lora {

std::string name_at(const char* names, std::size_t index) {
    std::string_view left = names;
    for (; index > 0 && !left.empty(); --index) {
        const auto comma = left.find(',');
        left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
    }
    const auto begin = left.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return std::string(left.substr(begin, left.find(',', begin) - begin));
}

std::string Place::text() const {
    const std::string own = *names == '\0' ? "item " + std::to_string(index + 1) : name_at(names, index);
    return above == nullptr ? own : above->text() + ": " + own;
}

} // namespace lora
