// JSON changed as a tree: a value becomes another one, is doubled, goes, or changes places.

#include "engine/files/json.h"
#include "tests/fuzz/mutations.h"

#include <array>

namespace lora::fuzz {

namespace {

constexpr std::size_t deepest = 80;
constexpr std::size_t most_places = 4096;

/// A value and where it stands.
struct Place {
    Json* value;
    Json* parent; ///< null: the whole
};

void collect(Json& value, Json* parent, std::size_t depth, std::vector<Place>& places) {
    places.push_back({&value, parent});
    if (depth == deepest || !value.is_structured()) return;
    for (Json& inner : value) {
        if (places.size() == most_places) return;
        collect(inner, &value, depth + 1, places);
    }
}

Json awkward_value(Chance& chance) {
    static const std::array<Json, 12> values{Json(), Json(true), Json(""), Json("a"),
        Json("\xF0\x9F\x98\x80"), Json(std::string(1, '\0')), Json(-1), Json(1e308), Json(5e-324),
        Json::array(), Json::object(), Json("../../x")};
    if (below(2, chance) == 0) return values[below(values.size(), chance)];
    const std::uint64_t number = awkward_number(chance);
    return below(2, chance) == 0 ? Json(number) : Json(static_cast<std::int64_t>(number));
}

void erase(const Place& place) {
    if (place.parent == nullptr) return;
    for (auto at = place.parent->begin(); at != place.parent->end(); ++at)
        if (&*at == place.value) {
            place.parent->erase(at);
            return;
        }
}

/// Once more behind the others; of an object, under another name.
void double_value(const Place& place) {
    if (place.parent == nullptr) return;
    Json copy = *place.value;
    if (place.parent->is_array())
        place.parent->push_back(std::move(copy));
    else
        (*place.parent)["copy" + std::to_string(place.parent->size())] = std::move(copy);
}

void change(const std::vector<Place>& places, Chance& chance) {
    const Place place = places[below(places.size(), chance)];
    Json& value = *place.value;
    const Json other = *places[below(places.size(), chance)].value;
    switch (below(7, chance)) {
    case 0: value = awkward_value(chance); break;
    case 1: erase(place); break;
    case 2: double_value(place); break;
    case 3: value = other; break;
    case 4: value = Json::array({value, other}); break;
    case 5:
        if (value.is_string()) {
            const std::string text = value.get<std::string>();
            value = below(2, chance) == 0 ? text + text : text.substr(0, text.size() / 2);
        } else if (value.is_array() && value.size() > 1)
            std::swap(value[below(value.size(), chance)], value[below(value.size(), chance)]);
        else
            value = awkward_value(chance);
        break;
    default:
        if (value.is_number_integer())
            value = static_cast<std::int64_t>(value.get<std::uint64_t>() + below(3, chance) - 1);
        else if (value.is_object())
            value["added"] = other;
        else
            value = awkward_value(chance);
    }
}

} // namespace

std::string mutated_json(std::string_view text, Chance& chance) {
    Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) return std::string(text);
    std::vector<Place> places;
    collect(json, nullptr, 0, places);
    change(places, chance);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace lora::fuzz
