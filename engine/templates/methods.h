#pragma once
// The methods of Python's texts, dictionaries and lists, and of a loop.

#include "engine/templates/arguments.h"
#include "engine/templates/value.h"

#include <string>
#include <string_view>

namespace lora::jinja {

/// Unsafe are those that would change a list or dictionary: transformers' sandbox refuses them as well.
enum class MethodKind { None, Safe, Unsafe };

/// Whether the value's type has a method of that name.
MethodKind method_of(const Value& self, std::string_view name);
/// Throws Refusal for what Python would refuse.
Value call_method(const Method& method, const Arguments& arguments, Budget& budget);

/// Those of a text, and whether there is one of that name.
Value call_text_method(const Text& self, const std::string& name, const Arguments& arguments, Budget& budget);
bool is_text_method(std::string_view name);

/// Python's str.split and str.rsplit; `separator` null: at white space. Less than 0 `most`: all. Throws
/// Refusal for an empty separator.
std::vector<Value> split(const std::string& text, const std::string* separator, std::int64_t most,
    bool from_right, Budget& budget);
/// Python's str.splitlines without the ends.
std::vector<Value> split_lines(std::string_view text, bool keep_ends, Budget& budget);
/// Python's str.replace; less than 0 `most`: all.
std::string replaced(const std::string& text, const std::string& old, const std::string& other,
    std::int64_t most, Budget& budget);
/// The texts with `separator` between them.
std::string joined(const std::vector<Value>& items, const std::string& separator, Budget& budget);

} // namespace lora::jinja
