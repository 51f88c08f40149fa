#pragma once
// What `lora sweep` says of its runs and its results.

#include "engine/driver/sweep_queue.h"

#include <optional>

namespace lora {

/// One run's beginning, evaluations and end; with `json` each of its steps too.
void show(const SweepEvent& event, const SweepQueue& sweep, bool json);

/// All rows, and the groups over seeds with mean ± standard deviation, the best of each, and what reaches
/// nine tenths of full fine-tuning. `by`: what it is the best by, where runs have it, which also sorts the
/// rows.
void show_results(const SweepTable& table, bool json, std::optional<SweepMeasure> by = {});

} // namespace lora
