#pragma once
// The table of all settings of a run. A new setting is a field of a struct and a row here (or, where one
// method has it, on that method's sheet); all else follows.

#include "engine/run_settings/setting.h"

#include <string>
#include <vector>

namespace lora {

/// In the order of run.json.
const std::vector<Setting>& all_settings();

/// By its path; null for one that there is not.
const Setting* find_setting(const std::string& path);
/// Of one that there is.
const Setting& setting_at(const std::string& path);

/// Gives a setting a value, and takes it from the one that it stands instead of. Throws Error naming `where`.
void assign(RunSettings& settings, const Setting& setting, const Json& value, const std::string& where);

/// What it has where nobody says otherwise, beside the other settings: α twice the rank; the method's own
/// beginning.
Json usual_value(const Setting& setting, const RunSettings& settings);
/// Whether it is at its initial value, or at the one it follows from others.
bool is_usual(const Setting& setting, const RunSettings& settings);

} // namespace lora
