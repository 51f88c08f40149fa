#pragma once
// Jinja's tests: `value is name(arguments)`.

#include "engine/templates/arguments.h"
#include "engine/templates/value.h"

#include <string_view>

namespace lora::jinja {

bool is_test(std::string_view name);
/// Throws Refusal for a name that is none and for what Jinja would refuse.
bool apply_test(std::string_view name, const Value& value, const Arguments& arguments, Budget& budget);

} // namespace lora::jinja
