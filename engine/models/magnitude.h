#pragma once
// What DoRA makes of a weight and its update: each row of W₀ + scale · B · A gets the length that the
// magnitude says. Source: Liu et al. 2024, DoRA: Weight-Decomposed Low-Rank Adaptation, section 4.

#include "engine/kernels/frozen_weight.h"
#include "engine/models/low_rank.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// ‖W₀ + scale · B · A‖ of each row, [out], in A's type and without forming B · A: of row i the root of
/// ‖w_i‖² + 2s (W₀Aᵀ)_i·B_i + s² B_i(AAᵀ)B_iᵀ. weight [out, in]. No gradient.
at::Tensor row_norms(const FrozenWeight& weight, const LowRank& update);

/// ΔW: what the update adds to the weight, float64 [out, in] on the CPU. scale · B · A; with a magnitude
/// f W₀ + f scale · B · A − W₀, each row by its f = magnitude / norm, exactly zero where f is 1 and B is 0.
at::Tensor weight_change(const at::Tensor& weight, const LowRank& update);

/// What the update does in the product: x [N, in] → [N, out] in x's type. `norms` as row_norms() gives them;
/// they are held constant in the backward, as in section 4.3 of the paper. `mask` is dropout's, undefined
/// without; as in PEFT it acts on the input of all that is added to W₀x + b. Weight and bias get no gradient.
at::Tensor magnitude_product(const at::Tensor& x, const FrozenWeight& weight, const at::Tensor& bias,
    const LowRank& update, const at::Tensor& norms, const at::Tensor& mask);

} // namespace lora
