#pragma once
// One text in the place of another, or of what a pattern matches.

#include "engine/text/pattern.h"

#include <string>
#include <string_view>
#include <variant>

namespace lora {

/// `from` → `to` wherever it stands, never overlapping.
struct Replace {
    std::variant<std::string, Pattern> from;
    std::string to;
};

/// Throws Error when a pattern passes its limits on this text, or the text grows beyond most_grown().
std::string replaced(std::string_view text, const Replace& replace);

} // namespace lora
