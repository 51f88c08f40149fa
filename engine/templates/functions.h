#pragma once
// What a template may call by name: range, dict, namespace, raise_exception, strftime_now.

#include "engine/templates/arguments.h"
#include "engine/templates/scope.h"
#include "engine/templates/value.h"

#include <ctime>
#include <functional>
#include <optional>
#include <string>

namespace lora::jinja {

/// The words of raise_exception: the template refuses what it is given.
struct Raised {
    std::string words;
};

/// What calls reach besides values.
struct Surroundings {
    const std::function<std::tm()>& clock;
    Keeper& keeper;
    Budget& budget;
};

std::optional<Value> function_named(const std::string& name);
/// Throws Raised for raise_exception, and Refusal.
Value call_function(Function function, const Arguments& arguments, Surroundings& around);

} // namespace lora::jinja
