#pragma once
// How deep the expressions in an expression lie in each other.

#include "engine/templates/syntax.h"

namespace lora::jinja {

/// 1 more than that of the deepest part of `form`.
std::size_t depth_of_form(const decltype(Expression::form)& form);

} // namespace lora::jinja
