#pragma once
// The runs of sweeps among all others.

#include "engine/runs/run_record.h"

#include <string>
#include <vector>

namespace lora {

/// The runs of all sweeps that lie in this folder, as list_runs() has them, each named with its sweep:
/// "2026-11-24 ranks/003-rank=4". An absent folder has none.
std::vector<RunListing> list_sweep_runs(const std::string& sweeps);

} // namespace lora
