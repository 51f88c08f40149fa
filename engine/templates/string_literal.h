#pragma once
// A string in a template: 'it\'s\n'.

#include <cstddef>
#include <string>
#include <string_view>

namespace lora::jinja {

/// What Python's unicode-escape makes of the text between the quotes. Throws Refusal for an escape that is
/// cut off, half of a surrogate pair, and names of characters.
std::string unescaped(std::string_view literal);

} // namespace lora::jinja
