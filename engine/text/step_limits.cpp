#include "engine/text/step_limits.h"

#include "engine/error.h"

#include <string>

namespace lora {

void check_growth(std::size_t bytes, std::size_t before) {
    if (bytes > most_grown(before)) {
        fail("the tokenizer's replacements",
            std::to_string(bytes) + " bytes out of " + std::to_string(before),
            "at most " + std::to_string(most_grown(before)));
    }
}

} // namespace lora
