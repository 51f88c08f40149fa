#pragma once
// Python's str.format, as far as templates use it.

#include "engine/templates/arguments.h"

#include <string>
#include <string_view>

namespace lora::jinja {

/// `format` with {}, {0} and {name} filled in. Throws Refusal for a format behind a colon, for anything
/// inside of a value, and for a value that was not given.
std::string filled_format(std::string_view format, const Arguments& arguments, Budget& budget);

} // namespace lora::jinja
