#pragma once
// The update one linear may carry: ΔW = scale · B · A and, with DoRA, a trained length for each row of the
// weight, W = magnitude ⊙ (W₀ + ΔW) / ‖W₀ + ΔW‖.
// Sources: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, section 4.1; Liu et al. 2024,
// DoRA: Weight-Decomposed Low-Rank Adaptation, section 4.

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// Shares its tensors with whoever made it: training A and B in place changes the model at once.
struct LowRank {
    at::Tensor A;              ///< [r, in], float32
    at::Tensor B;              ///< [out, r], float32
    double scale = 1;          ///< α/r
    double dropout = 0;        ///< of the update's input, in training
    at::Tensor magnitude = {}; ///< [out], float32; undefined: none. With it W₀ changes by a full rank

    std::int64_t rank() const { return A.size(0); }
};

} // namespace lora
