#pragma once
// What Python's str.isupper and its like say of a text.

#include <string_view>

namespace lora::jinja {

/// `question`: isupper, islower, isspace, isalpha, isalnum, isdigit, isdecimal or isnumeric.
bool answer(std::string_view question, std::string_view bytes);

} // namespace lora::jinja
