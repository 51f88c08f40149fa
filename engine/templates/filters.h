#pragma once
// Jinja's filters: `value | name(arguments)`.

#include "engine/templates/arguments.h"
#include "engine/templates/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace lora::jinja {

bool is_filter(std::string_view name);
/// Throws Refusal for a name that is none and for what Jinja would refuse.
Value apply_filter(std::string_view name, const Value& input, const Arguments& arguments, Budget& budget);

struct NamedFilter {
    std::string_view name;
    Value (*apply)(const Value& input, const Arguments& arguments, Budget& budget);
};

/// Those that make texts, those that make numbers, and those that work on lists and dictionaries.
const std::vector<NamedFilter>& text_filters();
const std::vector<NamedFilter>& number_filters();
const std::vector<NamedFilter>& list_filters();

} // namespace lora::jinja
