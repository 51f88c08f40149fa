#include "engine/sweeps/setting_place.h"

#include "engine/error.h"
#include "engine/settings/setting_differences.h"

#include <algorithm>

namespace lora {

namespace {

bool is_setting(const std::string& name) {
    const auto known = flat_settings(RunSettings{});
    return std::any_of(known.begin(), known.end(), [&](const auto& each) { return each.first == name; });
}

/// Those whose last part is the name's: what was meant by "rank" or "trainig.lr".
std::string alike(const std::string& name) {
    const auto last = [](const std::string& place) { return place.substr(place.rfind('.') + 1); };
    std::string found, all;
    for (const auto& [place, value] : flat_settings(RunSettings{})) {
        all += (all.empty() ? "" : ", ") + place;
        if (last(place) == last(name)) found += (found.empty() ? "" : ", ") + place;
    }
    return found.empty() ? "one of " + all : found;
}

} // namespace

void check_setting(const std::string& setting, const std::string& where) {
    if (!is_setting(setting)) fail(where, "the setting '" + shown(setting) + "'", alike(setting));
}

Json::json_pointer place_of(const std::string& setting) {
    std::string pointer = "/" + setting;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return Json::json_pointer(pointer);
}

RunSettings with_setting(
    const Json& settings, const std::string& setting, const Json& value, const std::string& where) {
    Json changed = settings;
    changed[place_of(setting)] = value;
    return run_settings(changed, where);
}

} // namespace lora
