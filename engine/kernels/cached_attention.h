#pragma once
// Attention of a sample's newest tokens to all of it, whose keys and values are kept from step to step. CPU
// alone, no gradient. Checked against scaled_dot_product_attention in tests/kernels.

#include "engine/kernels/attention.h"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// qkv [n, (H + 2K)·E], of which the queries are read, float32 or bfloat16: the last n of the sample's
/// `tokens` tokens. keys and values [K, room, E], contiguous, hold those of all tokens. Of `shape` its
/// samples do not count → [n, H·E].
at::Tensor cached_attention(const at::Tensor& qkv, const at::Tensor& keys, const at::Tensor& values,
    std::int64_t tokens, const AttentionShape& shape);

} // namespace lora
