#pragma once
// What can be done with a run's settings: written as JSON and read back, checked, given as a command. All of
// it follows the table in schema.h.

#include "engine/files/json.h"
#include "engine/method_sheets/method_sheet.h"
#include "engine/run_settings/fault.h"
#include "engine/run_settings/run_settings.h"

#include <string>
#include <vector>

namespace lora {

/// What the command starts from: a run's own initial values and what the method's sheet changes of them.
RunSettings defaults_of(MethodKind method);

/// Every value that is out of its range or does not go with the others; empty if all is well. Files are not
/// looked at.
std::vector<Fault> faults(const RunSettings& settings);

/// Throws Error with all of them, a line each, if there are any.
void refuse(const std::vector<Fault>& faults);

Json to_json(const RunSettings& settings);
/// Fields that are absent keep their initial values; an unknown field or a value of another kind is an Error
/// naming `where`.
RunSettings run_settings(const Json& json, const std::string& where);
/// The same of a run that was made, as its run.json has them. Where an older version, which wrote all
/// settings that it knew, decided by another rule what a setting says now, the value is what that rule gave.
RunSettings recorded_settings(const Json& json, const std::string& where);

/// The command line that does the same, e.g. `lora train --model … --rank 8`; options at their default are
/// left out (--alpha at twice the rank; with an adapter to start from, whatever that one decides).
std::string equal_command(const RunSettings& settings, const std::string& run_folder);

} // namespace lora
