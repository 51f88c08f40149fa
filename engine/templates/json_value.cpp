#include "engine/templates/json_value.h"

#include <cstdint>
#include <limits>

namespace lora::jinja {

Value from_json(const Json& json, Budget& budget) {
    const Descent descent(budget);
    budget.spend();
    if (json.is_boolean()) return boolean(json.get<bool>());
    if (json.is_number_unsigned()
        && json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw Refusal{"the number " + json.dump(), "whole numbers below 2^63"};
    if (json.is_number_integer()) return integer(json.get<std::int64_t>());
    if (json.is_number_float()) return real(json.get<double>());
    if (json.is_string()) {
        const auto& bytes = json.get_ref<const std::string&>();
        budget.spend_bytes(bytes.size());
        return text(bytes);
    }
    if (json.is_array()) {
        std::vector<Value> items;
        items.reserve(json.size());
        for (const Json& item : json) items.push_back(from_json(item, budget));
        return sequence(std::move(items));
    }
    if (!json.is_object()) return none();
    Dict entries;
    for (const auto& [key, item] : json.items()) entries.set(text(key), from_json(item, budget), budget);
    return dict(std::move(entries));
}

} // namespace lora::jinja
