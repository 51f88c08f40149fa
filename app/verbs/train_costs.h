#pragma once
// What a training costs: its memory, estimated before the start, and where its time went, told after the end.

#include "engine/architectures/catalog.h"
#include "engine/machine/profile.h"
#include "engine/settings/settings.h"

#include <cstdint>

namespace lora {

/// Reads the model's headers and the dataset, checks the settings against both and prints the estimate and
/// what is doubtful, with options that mend it; no weight is read and nothing written. Throws Error, also for
/// a run that cannot work.
void show_estimate(const RunSettings& settings, bool json);

/// Prints the phases, and the memory in use at the peak.
void show_profile(const Profile& profile, std::int64_t peak_memory_bytes, bool json);

} // namespace lora
