#pragma once
// The gated delta rule: each head keeps a memory of fixed size instead of all keys and values. A token lets
// it fade, then replaces a part of what it says of the token's key by the token's value, and reads it by the
// query. Computed in chunks of tokens by matrix products, the chunks of a sample one after the other. Source:
// Yang et al. 2024, Gated Delta Networks, and Yang et al. 2024, Parallelizing Linear Transformers with the
// Delta Rule over Sequence Length (chunks).

#include "engine/models/pass.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// Of packed samples, N tokens. K key heads divide the H value heads: each serves as many, one after the
/// other.
struct DeltaRule {
    at::Tensor queries, keys; ///< [N, K, E]; of any length, each is brought to 1 first
    at::Tensor values;        ///< [N, H, V]
    at::Tensor decay;         ///< [N, H], at most 0: memories are multiplied by exp(decay)
    at::Tensor rate;          ///< [N, H] in (0, 1): the part that is replaced
};

/// y_t = M_tᵀ q_t / √E with M_t = exp(decay_t) · M_{t−1} + k_t ⊗ rate_t · (v_t − exp(decay_t) · M_{t−1}ᵀ
/// k_t), [N, H, V] in float32. Each sample's memory, [E, V] a head, begins at zero. By LibTorch's operators,
/// with autograd's backward.
at::Tensor gated_delta_rule(const DeltaRule& rule, const PackedTokens& tokens);

/// The same of the next tokens of one sample, whose memory [H, E, V] goes on; undefined at the beginning.
at::Tensor continued_delta_rule(const DeltaRule& rule, at::Tensor& memory);

} // namespace lora
