#pragma once
// Doubts by what they are about; doubts_of() has them together.

#include "engine/plausibility/doubt.h"
#include "engine/plausibility/run_plan.h"

#include <vector>

namespace lora {

/// More than is free, or than the machine has. `memory`: what the plan would take; none: not known.
std::vector<Doubt> memory_doubts(const RunPlan& plan, const std::optional<MemoryEstimate>& memory);
/// Samples cut or left out at the longest length, or longer than the model's positions.
std::vector<Doubt> length_doubts(const RunPlan& plan);
/// Above the smaller side of a weight.
std::vector<Doubt> rank_doubts(const RunPlan& plan);
/// A learning rate far from what the method is trained with.
std::vector<Doubt> rate_doubts(const RunPlan& plan);
/// A batch above the samples, hardly any steps, a warm-up as long as the run.
std::vector<Doubt> step_doubts(const RunPlan& plan);
/// On samples that are trained on.
std::vector<Doubt> evaluation_doubts(const RunPlan& plan);

} // namespace lora
