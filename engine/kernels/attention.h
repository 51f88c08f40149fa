#pragma once
// Attention over packed samples, forward and backward, straight from the rows that the wide q, k, v product
// leaves: no padding, nothing of size T × T. On the CPU by our own loops, without copies of heads; on an
// NVIDIA GPU by ATen's kernels. Checked against scaled_dot_product_attention in tests/kernels.

#include "engine/kernels/dropout_bits.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct AttentionShape {
    std::int64_t heads = 0;            ///< H
    std::int64_t kv_heads = 0;         ///< K, divides H
    std::int64_t head_size = 0;        ///< E
    std::vector<std::int64_t> lengths; ///< tokens of each sample
    bool causal = true;
    at::Tensor starts = {}; ///< int32 [B + 1] on the GPU: each sample's first row, and N; not read on the CPU
    DropoutBits dropout = {}; ///< of the probabilities: row h·N + n of the query n of all N, the key's column
    std::int64_t longest = 0; ///< tokens of the longest sample, or more, up to N; not read on the CPU
    double scale = 0;         ///< of the scores; 0: 1/√E
    double softcap = 0;       ///< scores become c · tanh(score / c), after the scale; 0: they do not
    std::int64_t window = 0;  ///< keys that a query sees, itself and those before it (where not
                              ///< causal: as many after it too); 0: all
    /// [H]: what each head's scores lose with every place between a query and its key, after the scale;
    /// empty: nothing. Causal and without softcap alone. Source: Press et al. 2022 (ALiBi).
    std::vector<float> slopes = {};

    double score_scale() const;
    std::int64_t width() const { return (heads + 2 * kv_heads) * head_size; } ///< of a row of q, k, v
};

struct AttentionResult {
    at::Tensor y;   ///< [N, H·E]
    at::Tensor lse; ///< float32 [H, N]: log Σ exp of each query's scores, for the backward
    at::Tensor seed = {}, offset = {}; ///< what a GPU's backward wants back
};

/// Whether there is a kernel for this shape, but for its samples, in the element type and on the device of
/// `like`.
bool has_packed_attention(const at::Tensor& like, const AttentionShape& shape);

/// qkv [N, (H + 2K)·E], float32 or bfloat16, contiguous.
AttentionResult packed_attention(const at::Tensor& qkv, const AttentionShape& shape);

/// The gradient of qkv, in its layout. dy [N, H·E] contiguous.
at::Tensor packed_attention_backward(
    const at::Tensor& qkv, const AttentionResult& result, const at::Tensor& dy, const AttentionShape& shape);

} // namespace lora
