#pragma once
// Settings of runs side by side.

#include "engine/settings/settings.h"

#include <string>
#include <utility>
#include <vector>

namespace lora {

/// Every setting by its place in run.json, "training.lr", and its value as it stands there without quotes.
std::vector<std::pair<std::string, std::string>> flat_settings(const RunSettings& settings);

/// One setting and its value in each run.
struct SettingRow {
    std::string name;
    std::vector<std::string> values; ///< a run each; "—" where a run has none
    bool operator==(const SettingRow&) const = default;
};

/// The settings that are not the same in all runs, in run.json's order; none for fewer than two runs.
std::vector<SettingRow> setting_differences(const std::vector<RunSettings>& runs);

} // namespace lora
