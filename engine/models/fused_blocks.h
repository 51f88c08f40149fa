#pragma once
// The two halves of a Llama block, each one step of autograd with a hand-written backward that
// saves little and forms no frozen gradient: x + attention(norm(x)) and x + mlp(norm(x)). Equal to the plain
// composition of operators in llama.cpp up to rounding (tests/models/fused_blocks_test.cpp); no dropout, no
// cache. The backward overwrites what it saved: it runs once.

#include "engine/kernels/attention.h"
#include "engine/models/linear.h"
#include "engine/models/rotary.h"

#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// What a half's frozen part is made of. The weights of `parts` are the rows of `wide`, in this order.
struct FusedInput {
    const at::Tensor* norm = nullptr; ///< [D]
    double epsilon = 1e-6;
    const at::Tensor* wide = nullptr;      ///< [Σ out, D]
    const at::Tensor* wide_bias = nullptr; ///< [Σ out]; undefined: none
    std::vector<const Linear*> parts;      ///< q, k, v; gate, up
    const Linear* last = nullptr;          ///< o; down
};

/// x [N, D] → x + o(attention(rotated q, k, v of norm(x))). tables: Rotary::half_tables.
at::Tensor fused_attention_half(const at::Tensor& x, const FusedInput& input, const RotaryTables& tables,
    const AttentionShape& shape, bool adapted);

/// x [N, D] → x + down(silu(gate) ∘ up) of norm(x).
at::Tensor fused_mlp_half(const at::Tensor& x, const FusedInput& input, bool adapted);

} // namespace lora
