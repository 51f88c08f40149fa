#pragma once
// What a run's method costs beside full fine-tuning, counted from the model's shapes and the settings.

#include "engine/checkpoints/summary.h"
#include "engine/settings/settings.h"
#include "engine/targets/savings.h"

#include <cstddef>

namespace lora {

/// Of the run that these settings would be; `labels` as in count_savings. `trainable` is what the optimizer
/// works on, `adapter_bytes` the result's values in float32, `training_bytes` all that is there beside the
/// model for the method's sake.
/// Throws Error where the selection is none.
Savings savings_of(const ModelSummary& model, const RunSettings& settings, std::size_t labels = 0);

} // namespace lora
