#include "engine/measures/number_words.h"

#include <cstdio>

namespace lora {

std::string number_words(const char* format, double value) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

} // namespace lora
