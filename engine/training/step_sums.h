#pragma once
// What ranks add up at the end of a step: their gradients, their losses, and whether one of them is to stop
// or had not enough memory.

#include "engine/collectives/rank_group.h"
#include "engine/methods/parameters.h"

#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct StepSums {
    at::Tensor loss; ///< float64 []
    bool stop = false;
    bool lacks_memory = false;
};

/// Every rank brings the gradient and the loss of its rows, both already weighted by the whole batch; the
/// gradients of all groups become their sums over the ranks. What is below some megabytes goes in one sum,
/// more in several. Throws RankLost.
StepSums add_up_step(RankGroup& ranks, const std::vector<ParameterGroup>& groups, const StepSums& own);

} // namespace lora
