#pragma once
// The counts of a dataset that is loaded already, as a survey of its file would give them.

#include "engine/data/dataset.h"
#include "engine/survey/counts.h"

namespace lora {

/// `held_out`: what a split has set apart from it; null: nothing. How many tokens were cut off is not known
/// of a loaded dataset and stays 0.
SurveyCounts counts_of(const Dataset& data, std::int64_t max_length, const Dataset* held_out = nullptr);

} // namespace lora
