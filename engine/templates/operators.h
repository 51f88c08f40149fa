#pragma once
// Python's operators on values. All throw Refusal where Python would raise, and where the budget ends.

#include "engine/templates/value.h"

#include <string>
#include <string_view>

namespace lora::jinja {

bool equal(const Value& left, const Value& right, Budget& budget);
/// left < right, for two numbers, two texts, two lists.
bool less(const Value& left, const Value& right, Budget& budget);
/// `needle in haystack`.
bool contains(const Value& haystack, const Value& needle, Budget& budget);

enum class Operator { Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power };
Value operate(Operator what, const Value& left, const Value& right, Budget& budget);
Value negated(const Value& value);

/// `<` becomes &lt; and so on, as Jinja's escape does it.
std::string html_escaped(std::string_view text, Budget& budget);

} // namespace lora::jinja
