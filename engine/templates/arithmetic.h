#pragma once
// Python's arithmetic on numbers, and its text % values.

#include "engine/templates/operators.h"

#include <string_view>

namespace lora::jinja {

/// Whole numbers stay whole but for / and negative powers; // and % round towards minus infinity. Throws
/// Refusal for a division by zero and for what needs more than 63 bits.
Value calculated(Operator what, const Value& left, const Value& right);

/// `text % values`: %s, %r, %d, %i, %x, %f with a width and a number of places, %%. `values` is one value or
/// a tuple. Throws Refusal for other formats.
Value formatted(std::string_view format, const Value& values, Budget& budget);

} // namespace lora::jinja
