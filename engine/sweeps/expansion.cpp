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

bool has_scale(const RunSettings& settings) {
    return has_setting(settings.method, "lora.alpha") && settings.lora.adapter.empty()
           && settings.lora.rank > 0;
}

/// α goes along with a rank that is not the base's, as far as the run's method has a scale.
void keep_scale(RunSettings& settings, const RunSettings& base, const SettingValues& values) {
    const bool given = std::any_of(
        values.begin(), values.end(), [](const auto& each) { return each.first == "lora.alpha"; });
    RunSettings at_base_rank = settings;
    at_base_rank.lora.rank = base.lora.rank;
    if (given || !has_scale(settings) || !has_scale(at_base_rank)) return;
    const auto scale = sheet_of(settings.method).scale;
    settings.lora.alpha *= scale(at_base_rank).value / scale(settings).value;
}

} // namespace

std::string scale_warning(const std::vector<PlannedRun>& runs) {
    const auto has_none = [](const PlannedRun& run) { return !has_scale(run.settings); };
    if (runs.empty() || std::any_of(runs.begin(), runs.end(), has_none)) return {};
    const auto by_rank = [](const PlannedRun& a, const PlannedRun& b) {
        return a.settings.lora.rank < b.settings.lora.rank;
    };
    const auto ends = std::minmax_element(runs.begin(), runs.end(), by_rank);
    const RunSettings &low = ends.first->settings, &high = ends.second->settings;
    const auto is_other_alpha = [&low](const PlannedRun& run) {
        return run.settings.lora.alpha != low.lora.alpha;
    };
    if (low.lora.rank == high.lora.rank || std::any_of(runs.begin(), runs.end(), is_other_alpha)) return {};
    const UpdateScale first = sheet_of(low.method).scale(low), last = sheet_of(high.method).scale(high);
    if (first.value == last.value) return {}; // it does not follow the rank
    return "{lora.rank} goes from " + std::to_string(low.lora.rank) + " to " + std::to_string(high.lora.rank)
           + " at one {lora.alpha}: the scale " + first.words + " goes from " + number_text(first.value)
           + " to " + number_text(last.value) + ", and what it does looks like the rank's doing.";
}

std::vector<PlannedRun> planned_runs(const Sweep& sweep) {
    std::vector<PlannedRun> runs;
    for (const SettingValues& values : combinations(sweep)) {
        PlannedRun run{folder_name(runs.size(), values), sweep.base};
        for (const auto& [setting, value] : values)
            run.settings = with_setting(std::move(run.settings), setting, value, sweep.name + ": " + setting);
        if (sweep.keep_scale) keep_scale(run.settings, sweep.base, values);
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
