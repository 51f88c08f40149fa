#include "engine/run_settings/field_values.h"

#include <utility>

namespace lora {

namespace {

template <class T>
bool read_whole(const Json& json, T& field) {
    if (json.is_number_unsigned()) {
        const auto value = json.get<std::uint64_t>();
        if (!std::in_range<T>(value)) return false;
        field = static_cast<T>(value);
        return true;
    }
    if (!json.is_number_integer() || !std::in_range<T>(json.get<std::int64_t>())) return false;
    field = static_cast<T>(json.get<std::int64_t>());
    return true;
}

template <class Pattern>
bool read_pattern(const Json& json, Pattern& field) {
    if (!json.is_object()) return false;
    Pattern read;
    for (const auto& [key, value] : json.items())
        if (!read_field(value, read[key])) return false;
    field = std::move(read);
    return true;
}

template <class Pattern>
Json json_of_pattern(const Pattern& pattern) {
    Json object = Json::object();
    for (const auto& [key, value] : pattern) object[key] = value;
    return object;
}

} // namespace

Json json_of(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); }
Json json_of(const RankPattern& value) { return json_of_pattern(value); }
Json json_of(const AlphaPattern& value) { return json_of_pattern(value); }

bool read_field(const Json& json, bool& field) {
    if (json.is_boolean()) field = json.get<bool>();
    return json.is_boolean();
}
bool read_field(const Json& json, int& field) { return read_whole(json, field); }
bool read_field(const Json& json, std::int64_t& field) { return read_whole(json, field); }
bool read_field(const Json& json, std::uint64_t& field) { return read_whole(json, field); }
bool read_field(const Json& json, double& field) {
    if (json.is_number()) field = json.get<double>();
    return json.is_number();
}
bool read_field(const Json& json, std::string& field) {
    if (json.is_string()) field = json.get<std::string>();
    return json.is_string();
}
bool read_field(const Json& json, std::vector<std::string>& field) {
    if (!json.is_array()) return false;
    std::vector<std::string> read;
    for (const Json& each : json)
        if (!read_field(each, read.emplace_back())) return false;
    field = std::move(read);
    return true;
}
bool read_field(const Json& json, std::optional<std::int64_t>& field) {
    if (!json.is_null()) return read_whole(json, field.emplace());
    field.reset();
    return true;
}
bool read_field(const Json& json, RankPattern& field) { return read_pattern(json, field); }
bool read_field(const Json& json, AlphaPattern& field) { return read_pattern(json, field); }

} // namespace lora
