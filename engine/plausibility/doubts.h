#pragma once
// All doubts about a run before it starts.

#include "engine/plausibility/doubt.h"
#include "engine/plausibility/run_plan.h"

#include <vector>

namespace lora {

/// What cannot work comes first. What is not known of the plan is not doubted.
std::vector<Doubt> doubts_of(const RunPlan& plan);
/// The same for who has the plan's outline already.
std::vector<Doubt> doubts_of(const RunPlan& plan, const RunOutline& outline);

} // namespace lora
