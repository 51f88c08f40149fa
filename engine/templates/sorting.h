#pragma once
// The filters that put things in order.

#include "engine/templates/arguments.h"
#include "engine/templates/value.h"

namespace lora::jinja {

Value sort_filter(const Value& input, const Arguments& arguments, Budget& budget);
Value dictsort_filter(const Value& input, const Arguments& arguments, Budget& budget);
Value groupby_filter(const Value& input, const Arguments& arguments, Budget& budget);

} // namespace lora::jinja
