#pragma once
// Attention over packed samples: each sample sees itself alone. Causal with grouped queries, or in both
// directions.

#include "engine/models/dropout.h"
#include "engine/models/pass.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// q [N, H, E], k and v [N, K, E] with H a multiple of K → [N, H·E]. Scores are scaled by 1/√E.
/// With a cache (one sample), k and v are appended to the cache's `layer` first and q sees all of them.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, KeyValueCache* cache, std::size_t layer);

/// Every token sees its whole sample: q, k, v [N, H, E] → [N, H·E]. Scores are scaled by 1/√E, `dropout` acts
/// on the probabilities.
at::Tensor bidirectional_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, const Dropout& dropout);

} // namespace lora
