#include "engine/settings/setting_differences.h"

#include "engine/settings/schema.h"

#include <algorithm>

namespace lora {

std::vector<std::pair<std::string, std::string>> flat_settings(const RunSettings& settings) {
    std::vector<std::pair<std::string, std::string>> flat;
    for (const Setting& setting : all_settings()) {
        const Json value = setting.get(settings);
        if (setting.kind == SettingKind::Pattern)
            for (const auto& [key, each] : value.items())
                flat.emplace_back(std::string(setting.path).append(".").append(key), text_of(each));
        const bool nothing = value.is_null() || (value.is_object() && value.empty());
        if (nothing || setting.kind != SettingKind::Pattern)
            flat.emplace_back(setting.path, nothing ? "—" : text_of(value));
    }
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
