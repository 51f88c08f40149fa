// From a sweep's list and axes to its runs.

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/sweeps/setting_place.h"
#include "engine/sweeps/sweep.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace lora {

namespace {

std::string with_digits(std::size_t number) {
    constexpr std::size_t digits = 3;
    std::string text = std::to_string(number);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return text;
}

std::string value_word(const Json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    text = text.substr(text.rfind('/') + 1); // of a path, its last part
    std::replace_if(
        text.begin(), text.end(),
        [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '.' && letter != '_'; },
        '_');
    return text;
}

std::string folder_name(std::size_t index, const SettingValues& values) {
    constexpr std::size_t longest = 100;
    std::string name = with_digits(index + 1);
    for (const auto& [setting, value] : values)
        name += "-" + setting.substr(setting.rfind('.') + 1) + "=" + value_word(value);
    return name.substr(0, longest);
}

std::vector<SettingValues> combinations(const Sweep& sweep) {
    std::vector<SettingValues> all = sweep.list.empty() ? std::vector<SettingValues>(1) : sweep.list;
    for (const SweepAxis& axis : sweep.axes) {
        std::vector<SettingValues> longer;
        for (const SettingValues& values : all)
            for (const Json& value : axis.values)
                longer.emplace_back(values).emplace_back(axis.setting, value);
        all = std::move(longer);
    }
    return all;
}

} // namespace

std::vector<PlannedRun> planned_runs(const Sweep& sweep) {
    std::vector<PlannedRun> runs;
    for (const SettingValues& values : combinations(sweep)) {
        PlannedRun run{folder_name(runs.size(), values), sweep.base};
        for (const auto& [setting, value] : values)
            run.settings = with_setting(std::move(run.settings), setting, value, sweep.name + ": " + setting);
        run.faults = faults(run.settings);
        runs.push_back(std::move(run));
    }
    return runs;
}

void check_startable(const std::vector<PlannedRun>& runs) {
    std::vector<Fault> faults;
    if (std::all_of(runs.begin(), runs.end(), [](const PlannedRun& run) { return !run.faults.empty(); }))
        faults = runs.front().faults;
    std::set<std::string> seen;
    std::error_code unreadable;
    for (const PlannedRun& run : runs)
        for (const Setting& setting : all_settings()) {
            if (setting.kind != SettingKind::Path) continue;
            const std::string file = text_of(setting.get(run.settings));
            if (!file.empty() && seen.insert(file).second && !std::filesystem::exists(file, unreadable))
                faults.push_back({setting.path, "nothing at " + shown(file), "a file or a folder"});
        }
    refuse(faults);
}

} // namespace lora
