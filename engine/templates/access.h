#pragma once
// What lies in a value: attributes, items, slices. As in Jinja, a.b looks for a method before a key, a['b']
// for a key before a method.

#include "engine/templates/value.h"

#include <string>
#include <string_view>

namespace lora::jinja {

/// `value.name`; undefined where there is none. Throws Refusal for an attribute of what is undefined.
Value attribute(const Value& value, const std::string& name);
/// `value[key]`; undefined where there is none. Throws Refusal for an item of what is undefined.
Value item(const Value& value, const Value& key, Budget& budget);
/// `value[begin:end:step]`, each a whole number or none. Throws Refusal for what has no slices.
Value slice(const Value& value, const Value& begin, const Value& end, const Value& step, Budget& budget);

} // namespace lora::jinja
