#pragma once
// How many steps a run has.

#include "engine/run_settings/run_settings.h"

#include <cstdint>

namespace lora {

/// Optimizer steps in all: as many as are given, or the epochs' batches, the last of each epoch smaller where
/// the samples do not divide. `training.batch` is 1 at least.
std::int64_t steps_of(const TrainingSettings& training, std::int64_t samples);

} // namespace lora
