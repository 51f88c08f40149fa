#pragma once
// What lora train prints while a run goes on: its events, warnings, alarms and profile, for people or as
// JSON. Of several ranks the first speaks for all.

#include "engine/driver/driven_run.h"

#include <string>
#include <vector>

namespace lora {

void show(const RunEvent& event, const Run& run, bool json);
void show_each(const std::vector<std::string>& warnings, const Run& run, bool json);
/// What the run and its data have to say before its first step.
void show_warnings(const Run& run, bool json);
/// Where samples are packed.
void show_packing(const Run& run, bool json);
void show_alarms(const Run& run, const std::vector<Alarm>& alarms, bool json);
/// Where the run's time went, that of loading the model too; of whichever rank asks.
void show_profile(const Run& run, const Model& model, const Profile& loading, bool json);
/// What a run that was stopped by a failure is like now, and how it goes on.
void tell_of_failure(const DrivenRun& driven);

} // namespace lora
