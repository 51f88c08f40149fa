#pragma once
// The update one linear may carry: ΔW = scale · B · A.
// Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, section 4.1.

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// Shares its tensors with whoever made it: training A and B in place changes the model at once.
struct LowRank {
    at::Tensor A;       ///< [r, in], float32
    at::Tensor B;       ///< [out, r], float32
    double scale = 1;   ///< α/r
    double dropout = 0; ///< of the update's input, in training

    std::int64_t rank() const { return A.size(0); }
};

} // namespace lora
