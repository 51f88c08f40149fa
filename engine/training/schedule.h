#pragma once
// The learning rate's factor over a run: a warm-up to 1, then linear, cosine or constant. Knows no torch.

#include "engine/settings/settings.h"

#include <cstdint>

namespace lora {

/// Warm-up steps that the settings mean: given, or int(0.03 · total).
std::int64_t warmup_steps(const TrainingSettings& settings, std::int64_t total_steps);

/// The factor of optimizer step `index` (from 0): index / warmup during the warm-up, then from 1 to 0 at
/// total_steps for linear and cosine. Source: transformers' get_linear_schedule_with_warmup and its cosine
/// sister.
double schedule_factor(Schedule schedule, std::int64_t index, std::int64_t warmup, std::int64_t total_steps);

} // namespace lora
