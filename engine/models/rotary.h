#pragma once
// Rotary position embedding of whole heads or a part of each, with the usual scalings for longer contexts.
// Sources: Su et al. 2021 (RoFormer); Peng et al. 2023 (YaRN); Ding et al. 2024 (LongRoPE); Llama 3's, the
// dynamic and Gemma 4's proportional one as in transformers' published configurations.

#include "engine/kernels/fused.h"
#include "engine/models/pass.h"
#include "engine/models/rotary_config.h"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// Cosines and sines of some positions, to be shared by all layers of a pass: [N, 1, 2 · pairs] each as
/// tables() gives them, float32 [N, pairs] as half_tables() does.
struct RotaryTables {
    at::Tensor cos;
    at::Tensor sin;
    at::Tensor growth = {}; ///< of the turned queries, float32 [N, 1]; undefined: they do not grow
};

class Rotary {
public:
    Rotary() = default;
    /// head_size is E, even, of which config.partial turns. `factors` [pairs] divide the frequencies (GGUF's
    /// rope_freqs.weight); undefined: none.
    Rotary(const RotaryConfig& config, std::int64_t head_size, const at::Tensor& factors,
        const at::Device& device, RotaryPairs pairs = RotaryPairs::Halves);

    /// Of the tokens' positions, where `before` tokens of the one sample are in a cache. Computed in float32,
    /// given in `type`.
    RotaryTables tables(const PackedTokens& tokens, std::int64_t before, at::ScalarType type) const;
    /// The distinct half of them, for fused_rotate.
    RotaryTables half_tables(const PackedTokens& tokens, std::int64_t before) const;
    RotaryPairs pairs() const { return pairs_; }
    /// Its settings in words, for Trait; llama3's scaling as the divisors that it is.
    std::string trait() const;

    /// x [N, H, E], turned by its rows' positions.
    at::Tensor rotate(const at::Tensor& x, const RotaryTables& tables) const;

private:
    at::Tensor frequencies_by_length(const PackedTokens& tokens, std::int64_t before) const;
    at::Tensor query_growth(const PackedTokens& tokens, std::int64_t before) const;

    RotaryConfig config_;
    at::Tensor exponents_;           // float32 [pairs]: a frequency is 1 / theta^exponent
    at::Tensor inverse_frequencies_; // float32 [pairs]
    at::Tensor long_frequencies_;    // float32 [pairs], of longrope's longer texts; else undefined
    RotaryPairs pairs_ = RotaryPairs::Halves;
    bool is_divided_ = false; // by factors
};

} // namespace lora
