#pragma once
// What is in a value. Both throw Refusal for a value that has no items, and where the budget ends.

#include "engine/templates/value.h"

#include <cstddef>
#include <vector>

namespace lora::jinja {

/// What a walk over the value meets: items, a dict's keys, a text's characters. A generator is used up by it.
std::vector<Value> items_of(const Value& value, Budget& budget);
/// The number of its items or characters.
std::size_t length_of(const Value& value, Budget& budget);

} // namespace lora::jinja
