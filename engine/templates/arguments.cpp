#include "engine/templates/arguments.h"

#include <algorithm>

namespace lora::jinja {

Parameters::Parameters(
    const Arguments& arguments, std::string_view what, std::initializer_list<std::string_view> names)
    : what_(what), names_(names), values_(names.size()) {
    if (arguments.positional.size() > names_.size())
        refuse(std::to_string(arguments.positional.size()) + " values",
            "at most " + std::to_string(names_.size()));
    std::copy(arguments.positional.begin(), arguments.positional.end(), values_.begin());
    for (const auto& [name, value] : arguments.named) {
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found == names_.end()) refuse("'" + name + "='", "another parameter");
        std::optional<Value>& place = values_[static_cast<std::size_t>(found - names_.begin())];
        if (place) refuse("'" + name + "' twice", "it once");
        place = value;
    }
}

void Parameters::refuse(const std::string& found, std::string_view expected) const {
    throw Refusal{found + " for '" + what_ + "'", std::string(expected)};
}

const Value& Parameters::at(std::size_t at) const {
    if (!values_[at]) refuse("nothing", names_[at]);
    return *values_[at];
}

const std::string& Parameters::text(std::size_t at) const {
    const std::string* found = this->at(at).text();
    if (found == nullptr) refuse(std::string(type_name(this->at(at))), "a text");
    return *found;
}

std::string Parameters::text_or(std::size_t at, const std::string& otherwise) const {
    return has(at) ? text(at) : otherwise;
}

std::int64_t Parameters::integer_or(std::size_t at, std::int64_t otherwise) const {
    if (!has(at)) return otherwise;
    const auto found = whole(*values_[at]);
    if (!found) refuse(std::string(type_name(*values_[at])), "a whole number");
    return *found;
}

bool Parameters::truth_or(std::size_t at, bool otherwise) const {
    return has(at) ? jinja::truth(*values_[at]) : otherwise;
}

Value Parameters::value_or(std::size_t at, const Value& otherwise) const {
    return has(at) ? *values_[at] : otherwise;
}

} // namespace lora::jinja
