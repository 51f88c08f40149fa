#pragma once
// Dropout of a model's own: zeros with probability p, 1 / (1 − p) elsewhere, by a mask that follows from a
// seed and the place alone. On the CPU each element's bit comes from its row and column
// (kernels/dropout_bits.h), so that a fused loop makes the same mask again without keeping it.

#include "engine/kernels/dropout_bits.h"
#include "engine/models/pass.h"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

struct Dropout {
    double p = 0;           ///< 0: none
    std::uint64_t seed = 0; ///< of this pass and this place in the model

    bool acts() const { return p > 0; }
};

/// Where a model drops something: each place draws a mask of its own.
struct DropoutPlace {
    double p = 0;
    std::uint64_t number = 0; ///< of this place among the model's
};

/// The dropout at this place in this pass; none where the pass does not train.
Dropout dropout_at(const Pass& pass, const DropoutPlace& place);

/// The same for a fused loop.
DropoutBits bits_of(const Dropout& dropout);

/// x [rows, columns] with zeros; x itself where it does not act.
at::Tensor dropped(const at::Tensor& x, const Dropout& dropout);

/// For the probabilities [B, H, T, T] of packed samples: the mask of query row n of all N and head h has the
/// row h·N + n and the key's position as its column. Zeros and 1 / (1 − p), float32.
at::Tensor attention_mask_of(
    const Dropout& dropout, const PackedTokens& tokens, std::int64_t heads, const at::Device& device);

} // namespace lora
