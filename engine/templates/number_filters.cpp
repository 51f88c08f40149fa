// Filters that make a number, and the one that makes a value where there is none.

#include "engine/templates/arithmetic.h"
#include "engine/templates/filters.h"
#include "engine/templates/number_text.h"
#include "engine/templates/operators.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace lora::jinja {

namespace {

Value to_integer(const Value& input, const Arguments& arguments, Budget&) {
    const Parameters given(arguments, "int", {"default", "base"});
    if (const Undefined* found = input.as<Undefined>())
        throw Refusal{found->why ? *found->why : "an undefined value", "a value"};
    Value otherwise = given.value_or(0, integer(0));
    const std::int64_t base = given.integer_or(1, 10);
    if (const auto number = whole(input)) return integer(*number);
    if (const std::string* bytes = input.text())
        if (const auto number = integer_in(*bytes, base)) return integer(*number);
    const auto number = input.text() != nullptr ? real_in(*input.text()) : real_of(input);
    if (!number || !std::isfinite(*number)) return otherwise;
    if (std::fabs(*number) >= 9.2e18) throw Refusal{"a whole number beyond 63 bits", "numbers that fit"};
    return integer(static_cast<std::int64_t>(*number));
}

Value to_real(const Value& input, const Arguments& arguments, Budget&) {
    const Parameters given(arguments, "float", {"default"});
    if (const Undefined* found = input.as<Undefined>())
        throw Refusal{found->why ? *found->why : "an undefined value", "a value"};
    const auto number = input.text() != nullptr ? real_in(*input.text()) : real_of(input);
    return number ? real(*number) : given.value_or(0, real(0));
}

Value absolute(const Value& input, const Arguments& arguments, Budget&) {
    const Parameters nothing(arguments, "abs", {});
    const auto number = real_of(input);
    if (!number) throw Refusal{"abs of " + std::string(type_name(input)), "a number"};
    if (input.is<double>()) return real(std::fabs(*number));
    return *number < 0 ? negated(input) : integer(*whole(input));
}

/// To so many places, halves to the even digit, as Python's round() does it.
double rounded(double number, std::int64_t places) {
    if (!std::isfinite(number)) return number;
    if (places < 0) {
        const double scale = std::pow(10.0, static_cast<double>(-places));
        return std::nearbyint(number / scale) * scale;
    }
    std::array<char, 700> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(places), number);
    return std::strtod(buffer.data(), nullptr);
}

Value round(const Value& input, const Arguments& arguments, Budget&) {
    const Parameters given(arguments, "round", {"precision", "method"});
    const std::int64_t places = given.integer_or(0, 0);
    const std::string how = given.text_or(1, "common");
    const auto number = real_of(input);
    if (!number) throw Refusal{"round of " + std::string(type_name(input)), "a number"};
    if (places < -300 || places > 300)
        throw Refusal{"round to " + std::to_string(places) + " places", "up to 300"};
    if (how == "common")
        return whole(input) && places >= 0 ? integer(*whole(input)) : real(rounded(*number, places));
    if (how != "ceil" && how != "floor") throw Refusal{"round by '" + how + "'", "common, ceil or floor"};
    const double scale = std::pow(10.0, static_cast<double>(places));
    return real((how == "ceil" ? std::ceil(*number * scale) : std::floor(*number * scale)) / scale);
}

Value default_of(const Value& input, const Arguments& arguments, Budget&) {
    const Parameters given(arguments, "default", {"default_value", "boolean"});
    const bool keep = !is_undefined(input) && (truth(input) || !given.truth_or(1, false));
    return keep ? input : given.value_or(0, text(""));
}

} // namespace

const std::vector<NamedFilter>& number_filters() {
    static const std::vector<NamedFilter> filters{{"int", to_integer}, {"float", to_real}, {"abs", absolute},
        {"round", round}, {"default", default_of}, {"d", default_of}};
    return filters;
}

} // namespace lora::jinja
