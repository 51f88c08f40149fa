#pragma once
// What methods read off the frozen weights for their start.

#include "engine/adapters/adapter.h"

#include <functional>

namespace lora {

struct LargestDirections {
    at::Tensor U; ///< [out, r]
    at::Tensor S; ///< [r], descending
    at::Tensor V; ///< [in, r]
};

/// Of a weight's SVD the first r.
LargestDirections largest_directions(const at::Tensor& weight, std::int64_t rank);

/// Shows each target's update with its weight, float32 [out, in] on the CPU, where all devices get the same
/// numbers; what it becomes is moved back and made contiguous. Throws Error for a rank above min(in, out).
void for_each_weight(
    Adapter& adapter, Model& model, const std::function<void(LowRank&, const at::Tensor& weight)>& start);

} // namespace lora
