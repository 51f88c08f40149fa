#pragma once
// Values as Python prints them.

#include "engine/templates/value.h"

#include <string>
#include <string_view>

namespace lora::jinja {

/// Python's str(): text as it is, nothing for what is undefined, True, None, [1, 'a']. Throws Refusal for
/// what Python would print with an address in memory, and where the budget ends.
std::string to_text(const Value& value, Budget& budget);
/// Python's repr(): text in quotes.
std::string repr(const Value& value, Budget& budget);
/// Python's repr() of a float: the shortest digits that read back as the same number.
std::string float_text(double value);

} // namespace lora::jinja
