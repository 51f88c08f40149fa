#include "engine/sweeps/sweep.h"

#include "engine/data/dataset_paths.h"
#include "engine/error.h"
#include "engine/hub/hub_cache.h"
#include "engine/settings/schema.h"
#include "engine/sweeps/setting_place.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace lora {

namespace fs = std::filesystem;

namespace {

void refuse_unknown_fields(const Json& json, const std::string& where) {
    static const std::set<std::string, std::less<>> known{
        "name", "about", "base", "runs", "axes", "keep_scale", "version"};
    for (const auto& [key, value] : json.items())
        if (!known.contains(key))
            fail(where, "the unknown field '" + shown(key) + "'",
                "name, about, base, runs, axes and keep_scale");
}

std::vector<SettingValues> list_from(const JsonFields& fields) {
    std::vector<SettingValues> list;
    const Json* runs = fields.find("runs");
    if (runs == nullptr) return list;
    const std::string where = fields.where() + ": runs";
    if (!runs->is_array()) fail(where, "no list", "a list of objects, settings by name");
    for (const Json& entry : *runs) {
        if (!entry.is_object()) fail(where, shown(entry.dump()), "an object, settings by name");
        SettingValues& values = list.emplace_back();
        for (const auto& [setting, value] : entry.items()) {
            check_setting(setting, where);
            values.emplace_back(setting, value);
        }
    }
    return list;
}

std::vector<SweepAxis> axes_from(const JsonFields& fields) {
    std::vector<SweepAxis> axes;
    if (!fields.has("axes")) return axes;
    const std::string where = fields.object("axes").where();
    for (const auto& [setting, values] : fields.find("axes")->items()) {
        check_setting(setting, where);
        if (!values.is_array() || values.empty())
            fail(std::string(where).append(": ").append(setting), shown(values.dump()),
                "a list of at least one value");
        axes.push_back({setting, {values.begin(), values.end()}});
    }
    return axes;
}

/// Throws where a run would get a setting and another one that stands instead of it: epochs and steps.
void check_displaced(const std::vector<std::string>& given, const std::string& where) {
    for (const std::string& path : given) {
        const std::string& other = setting_at(path).instead_of;
        if (std::find(given.begin(), given.end(), other) != given.end())
            fail(where, std::string("'").append(path).append("' beside '").append(other).append("'"),
                "one of them: it stands instead of the other");
    }
}

void check_names_once(const Sweep& sweep, const std::string& where) {
    std::vector<std::string> axes;
    for (const SweepAxis& axis : sweep.axes) axes.push_back(axis.setting);
    check_displaced(axes, where);
    for (const SettingValues& entry : sweep.list) {
        std::vector<std::string> given = axes;
        for (const auto& [setting, value] : entry) given.push_back(setting);
        check_displaced(given, where);
    }
    for (const SettingValues& entry : sweep.list)
        for (const auto& [setting, value] : entry)
            for (const SweepAxis& axis : sweep.axes)
                if (axis.setting == setting)
                    fail(where, "'" + setting + "' in runs and in axes", "it in one of them");
}

void check_count(const Sweep& sweep, const std::string& where) {
    std::size_t runs = std::max<std::size_t>(1, sweep.list.size());
    for (const SweepAxis& axis : sweep.axes) {
        runs *= axis.values.size();
        if (runs > most_sweep_runs)
            fail(where, "more than " + std::to_string(most_sweep_runs) + " runs", "fewer",
                "shorten an axis, or make several sweeps");
    }
}

/// Calls visit(setting, value) for each value that a run may get.
template <class AnySweep, class Visit>
void each_value(AnySweep& sweep, const Visit& visit) {
    for (auto& entry : sweep.list)
        for (auto& [setting, value] : entry) visit(setting, value);
    for (auto& axis : sweep.axes)
        for (auto& value : axis.values) visit(axis.setting, value);
}

// A number in a list may be of a kind that the setting does not take: found here, not after hours.
void check_kinds(const Sweep& sweep, const std::string& where) {
    each_value(sweep, [&](const std::string& setting, const Json& value) {
        with_setting(sweep.base, setting, value, where + ": " + setting);
    });
}

std::string placed(const std::string& path, const std::string& folder) {
    if (path.empty()) return path;
    return fs::absolute(fs::path(folder) / path).lexically_normal().string();
}

/// The name of a model on the hub stands for what the cache holds of it, where no such folder lies there.
std::string placed_model(const std::string& path, const std::string& folder) {
    std::string beside = placed(path, folder);
    std::error_code absent;
    if (fs::exists(beside, absent)) return beside;
    const std::string local = local_model(path);
    return local == path ? beside : fs::absolute(local).lexically_normal().string();
}

} // namespace

Sweep sweep_from(const Json& json, const std::string& where) {
    const JsonFields fields(json, where);
    refuse_unknown_fields(json, where);
    Sweep sweep;
    sweep.name = fields.string("name");
    sweep.about = fields.string_or("about", "");
    if (const Json* base = fields.find("base")) sweep.base = run_settings(*base, where + ": base");
    sweep.list = list_from(fields);
    sweep.axes = axes_from(fields);
    sweep.keep_scale = fields.boolean_or("keep_scale", false);
    check_names_once(sweep, where);
    check_count(sweep, where);
    check_kinds(sweep, where);
    return sweep;
}

Sweep read_sweep(const std::string& path) { return sweep_from(read_json(path), path); }

Json to_json(const Sweep& sweep) {
    Json json{{"name", sweep.name}, {"about", sweep.about}, {"base", to_json(sweep.base)}};
    if (!sweep.list.empty()) json["runs"] = Json::array();
    for (const SettingValues& entry : sweep.list) {
        Json values = Json::object();
        for (const auto& [setting, value] : entry) values[setting] = value;
        json["runs"].push_back(std::move(values));
    }
    json["axes"] = Json::object();
    for (const SweepAxis& axis : sweep.axes) json["axes"][axis.setting] = axis.values;
    if (sweep.keep_scale) json["keep_scale"] = true;
    return json;
}

void resolve_paths(Sweep& sweep, const std::string& folder, const std::string& data_folder) {
    DataSettings& data = sweep.base.data;
    for (std::string* path : {&data.train, &data.eval}) *path = placed(*path, data_folder);
    sweep.base.model = placed_model(sweep.base.model, folder);
    sweep.base.lora.adapter = placed(sweep.base.lora.adapter, folder);
    each_value(sweep, [&](const std::string& setting, Json& value) {
        if (!value.is_string()) return;
        if (setting == "data.train" || setting == "data.eval")
            value = placed(value.get<std::string>(), data_folder);
        if (setting == "model") value = placed_model(value.get<std::string>(), folder);
        if (setting == "lora.adapter") value = placed(value.get<std::string>(), folder);
    });
}

std::vector<std::string> absent_data(const Sweep& sweep, const std::string& folder) {
    std::vector<std::string> absent;
    const auto look = [&](const std::string& path) {
        const bool known = std::find(absent.begin(), absent.end(), path) != absent.end();
        if (!path.empty() && !known && !names_dataset_files(placed(path, folder))) absent.push_back(path);
    };
    look(sweep.base.data.train);
    look(sweep.base.data.eval);
    each_value(sweep, [&](const std::string& setting, const Json& value) {
        if ((setting == "data.train" || setting == "data.eval") && value.is_string())
            look(value.get<std::string>());
    });
    return absent;
}

void set_base(Sweep& sweep, const std::string& setting, const std::string& value) {
    check_setting(setting, "--set");
    each_value(sweep, [&](const std::string& decided, const Json&) {
        if (decided == setting)
            fail("--set " + setting, "a setting that the sweep's runs decide", "another one");
    });
    Json parsed = Json::parse(value, nullptr, /*allow_exceptions=*/false);
    const bool text = parsed.is_discarded() || setting_at(setting).initial().is_string();
    sweep.base =
        with_setting(sweep.base, setting, text ? Json(value) : std::move(parsed), "--set " + setting);
}

} // namespace lora
