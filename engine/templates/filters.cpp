#include "engine/templates/filters.h"

#include <algorithm>

namespace lora::jinja {

namespace {

const NamedFilter* filter_named(std::string_view name) {
    for (const auto* const table : {&text_filters(), &number_filters(), &list_filters()}) {
        const auto found = std::find_if(
            table->begin(), table->end(), [&](const NamedFilter& filter) { return filter.name == name; });
        if (found != table->end()) return &*found;
    }
    return nullptr;
}

} // namespace

bool is_filter(std::string_view name) { return filter_named(name) != nullptr; }

Value apply_filter(std::string_view name, const Value& input, const Arguments& arguments, Budget& budget) {
    budget.spend();
    const NamedFilter* filter = filter_named(name);
    if (filter == nullptr) throw Refusal{"the filter '" + std::string(name) + "'", "one that Jinja has"};
    return filter->apply(input, arguments, budget);
}

} // namespace lora::jinja
