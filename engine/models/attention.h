#pragma once
// Attention over packed samples by plain operators: each sample sees itself alone.

#include "engine/models/dropout.h"
#include "engine/models/pass.h"

#include <functional>

#include <ATen/core/Tensor.h>

namespace lora {

/// What a query sees, and how.
struct AttentionRule {
    double scale = 1;        ///< of the scores
    double softcap = 0;      ///< scores become c · tanh(score / c); 0: they do not
    std::int64_t window = 0; ///< keys that a query sees, itself and those before it (where not causal:
                             ///< as many after it too); 0: all
    bool causal = true;      ///< else every query sees its whole sample
    Dropout dropout = {};    ///< of the probabilities
    at::Tensor slopes = {};  ///< float32 [H], see AttentionShape; causal alone. Undefined: none
    /// What is added to the scores of q [B, H, T, E] and k, as samples lie padded: [B, H, T, T]. Not causal
    /// alone.
    std::function<at::Tensor(const at::Tensor& q, const at::Tensor& k)> added = {};
    at::Tensor sinks = {}; ///< [H]: a score of each head that takes its share of the probabilities and
                           ///< gives nothing; causal alone. Undefined: none
};

/// q [N, H, E], k [N, K, E] and v [N, K, F] with H a multiple of K → [N, H·F]. With a cache (one sample,
/// causal), k and v are appended to the cache's `layer` first and q sees all of them.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
    const PackedTokens& tokens, const AttentionRule& rule, KeyValueCache* cache, std::int64_t layer);

} // namespace lora
