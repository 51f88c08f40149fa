#pragma once
// Numbers written in texts, as Python's int() and float() read them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace lora::jinja {

/// White space around it, a sign, a prefix that fits the base, _ between digits; nothing where it is no
/// number. Throws Refusal for one beyond 63 bits and for a base that is none of 2 to 36.
std::optional<std::int64_t> integer_in(std::string_view text, std::int64_t base);
std::optional<double> real_in(std::string_view text);

} // namespace lora::jinja
