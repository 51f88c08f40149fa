#pragma once
// How long a run will take, by how fast one went whose steps were the same work.

#include "engine/run_settings/run_settings.h"

#include <optional>
#include <vector>

namespace lora {

struct RunPace {
    RunSettings settings; ///< of the run that went so
    double seconds_a_step = 0;
};

/// Of a run by what its steps took, in their order. The first is left out, in which memory is fetched; none
/// where too few are left to go by.
std::optional<RunPace> pace_of(const RunSettings& settings, const std::vector<double>& seconds);

/// Whether a step of either is the same work on the same samples: the runs differ in numbers that are
/// multiplied with, or in how often they do something, alone.
bool same_work(const RunSettings& one, const RunSettings& other);

} // namespace lora
