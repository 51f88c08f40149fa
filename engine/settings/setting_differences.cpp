#include "engine/settings/setting_differences.h"

#include <algorithm>

namespace lora {

namespace {

using Flat = std::vector<std::pair<std::string, std::string>>;

void flatten(const Json& json, const std::string& place, Flat& flat) {
    if (json.is_object() && !json.empty()) {
        const std::string prefix = place.empty() ? place : place + ".";
        for (const auto& [key, value] : json.items()) {
            std::string inner = prefix;
            inner += key;
            flatten(value, inner, flat);
        }
        return;
    }
    if (json.is_string())
        flat.emplace_back(place, json.get<std::string>());
    else
        flat.emplace_back(place, json.is_null() || json.is_object() ? "—" : json.dump());
}

} // namespace

std::vector<std::pair<std::string, std::string>> flat_settings(const RunSettings& settings) {
    Flat flat;
    flatten(to_json(settings), "", flat);
    return flat;
}

std::vector<SettingRow> setting_differences(const std::vector<RunSettings>& runs) {
    std::vector<SettingRow> rows;
    for (std::size_t run = 0; run < runs.size(); ++run)
        for (const auto& [name, value] : flat_settings(runs[run])) {
            auto row = std::find_if(rows.begin(), rows.end(),
                [&name = name](const SettingRow& each) { return each.name == name; });
            if (row == rows.end())
                row = rows.insert(rows.end(), {name, std::vector<std::string>(runs.size(), "—")});
            row->values[run] = value;
        }
    std::erase_if(rows, [](const SettingRow& row) {
        return std::all_of(row.values.begin(), row.values.end(),
            [&](const std::string& value) { return value == row.values.front(); });
    });
    return rows;
}

} // namespace lora
