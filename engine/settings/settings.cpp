#include "engine/settings/settings.h"

#include "engine/error.h"
#include "engine/settings/schema.h"

#include <algorithm>

namespace lora {

namespace {

/// Where a path's value lies: "training.lr" at /training/lr.
Json::json_pointer place_of(const std::string& path) {
    std::string pointer = "/" + path;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return Json::json_pointer(pointer);
}

bool is_group(const std::string& path) {
    const auto& all = all_settings();
    return std::any_of(
        all.begin(), all.end(), [&](const Setting& each) { return each.path.starts_with(path + "."); });
}

/// Reads an object whose settings' paths begin with `prefix`.
void read_group(
    const Json& json, const std::string& prefix, const std::string& where, RunSettings& settings) {
    const JsonFields object(json, where); // refuses what is none
    for (const auto& [key, value] : json.items()) {
        const std::string path = prefix + key;
        const bool dotted = key.find('.') != std::string::npos;
        const Setting* setting = dotted ? nullptr : find_setting(path);
        if (setting != nullptr)
            setting->put(settings, value, std::string(where).append(": ").append(key));
        else if (dotted || !is_group(path))
            fail(where, "the unknown field '" + shown(key) + "'", "only fields of a run's settings");
        else if (!value.is_null())
            read_group(value, path + ".", std::string(where).append(": ").append(key), settings);
    }
}

} // namespace

RunSettings defaults_of(MethodKind method) {
    RunSettings settings;
    settings.method = method;
    const MethodSheet& sheet = sheet_of(method);
    // A change of full rank has a dense spectrum, which is slow.
    if (!sheet.keeps_low_rank) settings.training.spectrum_every = 0;
    if (sheet.begin != nullptr) sheet.begin(settings);
    return settings;
}

Json to_json(const RunSettings& settings) {
    Json json = Json::object();
    for (const Setting& setting : all_settings()) json[place_of(setting.path)] = setting.get(settings);
    return json;
}

RunSettings run_settings(const Json& json, const std::string& where) {
    RunSettings settings;
    read_group(json, "", where, settings);
    return settings;
}

RunSettings recorded_settings(const Json& json, const std::string& where) {
    RunSettings settings = run_settings(json, where);
    const bool holds_out = settings.data.eval.empty() && settings.data.eval_split > 0;
    // What was held out once followed from the seed of the run.
    if (holds_out && !json.contains(place_of("data.split_seed")))
        settings.data.split_seed = settings.training.seed;
    return settings;
}

} // namespace lora
