#include "engine/files/json.h"

#include "engine/error.h"
#include "engine/files/json_text.h"
#include "engine/files/mapped_file.h"

#include <cmath>
#include <limits>
#include <utility>

namespace lora {

namespace {

/// A field's value in a message: its kind, and the value itself where it is short.
std::string described(const Json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "a list";
    if (value.is_binary()) { // out of a file of columns: its type's name
        const auto& name = value.get_binary();
        return "a value of type " + shown(std::string(name.begin(), name.end()), 80);
    }
    return shown(value.dump(-1, ' ', false, Json::error_handler_t::replace), 80);
}

std::string range(std::int64_t lowest, std::int64_t highest) {
    return "an integer from " + std::to_string(lowest) + " to " + std::to_string(highest);
}

} // namespace

Json parse_json(std::string_view text, const std::string& file, JsonLimits limits) {
    return parse_json_at(text, file, 1, limits);
}

Json read_json(const std::string& path, JsonLimits limits) {
    return parse_json(read_text(path, limits.size_bytes), path, limits);
}

JsonFields::JsonFields(const Json& object, std::string where) : object_(&object), where_(std::move(where)) {
    if (!object.is_object()) fail(where_, described(object), "a JSON object");
}

const Json* JsonFields::find(std::string_view key) const {
    const auto entry = object_->find(std::string(key));
    return entry == object_->end() || entry->is_null() ? nullptr : &*entry;
}

bool JsonFields::has(std::string_view key) const { return find(key) != nullptr; }

bool JsonFields::is_null(std::string_view key) const {
    const auto entry = object_->find(std::string(key));
    return entry != object_->end() && entry->is_null();
}

const Json& JsonFields::required(std::string_view key, std::string_view expected) const {
    const Json* value = find(key);
    if (value == nullptr) fail(place(key), "nothing", expected);
    return *value;
}

std::string JsonFields::place(std::string_view key) const { return where_ + ": " + shown(key); }

JsonFields JsonFields::object(std::string_view key) const {
    return JsonFields(required(key, "a JSON object"), place(key));
}

std::int64_t JsonFields::integer(std::string_view key, std::int64_t lowest, std::int64_t highest) const {
    const Json& value = required(key, range(lowest, highest));
    const bool too_large =
        value.is_number_unsigned()
        && value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_integer() || too_large || value.get<std::int64_t>() < lowest
        || value.get<std::int64_t>() > highest)
        fail(place(key), described(value), range(lowest, highest));
    return value.get<std::int64_t>();
}

std::int64_t JsonFields::integer_or(
    std::string_view key, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const {
    return has(key) ? integer(key, lowest, highest) : otherwise;
}

double JsonFields::number(std::string_view key) const {
    // What a file has of numbers is computed with in float32.
    static constexpr std::string_view expected = "a finite number that float32 holds";
    const Json& value = required(key, expected);
    if (!value.is_number() || !(std::abs(value.get<double>()) <= std::numeric_limits<float>::max()))
        fail(place(key), described(value), expected);
    return value.get<double>();
}

double JsonFields::number_or(std::string_view key, double otherwise) const {
    return has(key) ? number(key) : otherwise;
}

bool JsonFields::boolean_or(std::string_view key, bool otherwise) const {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) fail(place(key), described(*value), "true or false");
    return value->get<bool>();
}

std::string JsonFields::string(std::string_view key) const {
    const Json& value = required(key, "a string");
    if (!value.is_string()) fail(place(key), described(value), "a string");
    return value.get<std::string>();
}

std::string JsonFields::string_or(std::string_view key, std::string otherwise) const {
    return has(key) ? string(key) : std::move(otherwise);
}

std::vector<std::string> JsonFields::strings(std::string_view key) const {
    std::vector<std::string> list;
    const Json* value = find(key);
    if (value == nullptr) return list;
    if (!value->is_array()) fail(place(key), described(*value), "a list of strings");
    for (const Json& item : *value) {
        if (!item.is_string()) fail(place(key), described(item) + " in the list", "a list of strings");
        list.push_back(item.get<std::string>());
    }
    return list;
}

} // namespace lora
