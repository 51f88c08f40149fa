#pragma once
// A weight with an adapter's update in it, W₀ + ΔW.

#include "engine/models/low_rank.h"

#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// weight [out, in] on the CPU, the sum in its own type. `cut_to_weight`: A may have more columns than the
/// weight, whose first ones count. `name` is for messages. Throws Error where the shapes do not fit.
at::Tensor merged_weight(
    const at::Tensor& weight, LowRank update, bool cut_to_weight, const std::string& name);

} // namespace lora
