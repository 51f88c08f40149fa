#include "engine/machine/memory_words.h"

#include <array>
#include <charconv>

namespace lora {

std::string memory_words(std::int64_t bytes) {
    constexpr std::array<const char*, 4> units{"MB", "GB", "TB", "PB"};
    double value = static_cast<double>(bytes) / 1e6;
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
    const int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
    std::array<char, 32> text{}; // no stream and no printf, which follow the desktop's locale
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits).ptr;
    return std::string(text.data(), end) + " " + units.at(unit);
}

} // namespace lora
