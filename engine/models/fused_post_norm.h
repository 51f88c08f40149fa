#pragma once
// The two halves of a BERT block on the CPU, each one step of autograd with a hand-written backward that
// saves little and forms no frozen gradient: norm(x + attention(x)) and norm(x + mlp(x)), with the model's
// own dropouts. Equal to the plain composition of operators in bert.cpp up to rounding
// (tests/models/fused_post_norm_test.cpp); no dropout of an update.

#include "engine/kernels/activation.h"
#include "engine/kernels/attention.h"
#include "engine/models/dropout.h"
#include "engine/models/linear.h"

#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// What a half's frozen part is made of.
struct PostNormInput {
    const at::Tensor* wide = nullptr;      ///< [Σ out, D], rows in the order of `parts`
    const at::Tensor* wide_bias = nullptr; ///< [Σ out]
    std::vector<const Linear*> parts;      ///< q, k, v; or the intermediate linear alone
    const Linear* last = nullptr;          ///< back to D
    const at::Tensor* norm_weight = nullptr;
    const at::Tensor* norm_bias = nullptr;
    double epsilon = 1e-12;
    Dropout dropout; ///< of the last linear's output
};

/// x [N, D] → norm(x + dropout(o(attention(q, k, v of x)))). With `rows` (int64 [M]) of those alone, [M, D].
at::Tensor fused_post_norm_attention(const at::Tensor& x, const PostNormInput& input,
    const AttentionShape& shape, const at::Tensor& rows, bool adapted);

/// x [N, D] → norm(x + dropout(output(activation(intermediate(x))))).
at::Tensor fused_post_norm_mlp(
    const at::Tensor& x, const PostNormInput& input, Activation activation, bool adapted);

} // namespace lora
