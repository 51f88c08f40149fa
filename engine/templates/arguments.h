#pragma once
// What a call is given, and how a filter or method takes it.

#include "engine/templates/value.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora::jinja {

struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;
};

/// The arguments of one call by the names of the parameters.
class Parameters {
public:
    /// `what` is called, for messages. Throws Refusal for a name that is none of `names`, one that is given
    /// twice, and more values than there are parameters.
    Parameters(
        const Arguments& arguments, std::string_view what, std::initializer_list<std::string_view> names);

    bool has(std::size_t at) const { return values_[at].has_value(); }
    /// Throws Refusal where it is missing.
    const Value& at(std::size_t at) const;
    /// Each throws Refusal for a value of another kind.
    const std::string& text(std::size_t at) const;
    std::string text_or(std::size_t at, const std::string& otherwise) const;
    std::int64_t integer_or(std::size_t at, std::int64_t otherwise) const;
    bool truth_or(std::size_t at, bool otherwise) const;
    Value value_or(std::size_t at, const Value& otherwise) const;

private:
    [[noreturn]] void refuse(const std::string& found, std::string_view expected) const;

    std::string what_;
    std::vector<std::string_view> names_;
    std::vector<std::optional<Value>> values_;
};

} // namespace lora::jinja
