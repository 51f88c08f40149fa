#pragma once
// What a sweep's runs that differ in their seed alone come to together.

#include "engine/sweeps/sweep_ranking.h"
#include "engine/sweeps/sweep_table.h"

namespace lora {

/// Each group with mean ± standard deviation, and the settings whose mean is the best. Nothing without
/// groups.
void print_groups(const SweepTable& table, const SweepRanking& ranking);

} // namespace lora
