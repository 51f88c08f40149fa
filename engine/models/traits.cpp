#include "engine/models/traits.h"

#include <cstdio>

namespace lora {

std::string trait_text(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.5g", number);
    return text;
}

std::string trait_text(const std::vector<double>& numbers) {
    std::string text;
    for (const double number : numbers) text += (text.empty() ? "" : ", ") + trait_text(number);
    return text;
}

} // namespace lora
