#pragma once
// What a template is given: JSON as values.

#include "engine/files/json.h"
#include "engine/templates/value.h"

namespace lora::jinja {

/// Throws Refusal for a whole number that needs more than 63 bits and for what lies too deep.
Value from_json(const Json& json, Budget& budget);

} // namespace lora::jinja
