#pragma once
// Rotary position embedding of whole heads or a part of each, with the usual scalings for longer contexts.
// Sources: Su et al. 2021 (RoFormer); Peng et al. 2023 (YaRN); Ding et al. 2024 (LongRoPE); Llama 3's and the
// dynamic scaling as in transformers' published configurations.

#include "engine/files/json.h"
#include "engine/kernels/fused.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// config.json's rope fields, in the spelling of transformers 5 (rope_parameters) or the earlier one
/// (rope_theta, rope_scaling).
struct RotaryConfig {
    std::string rope_type = "default"; ///< default, linear, dynamic, llama3, yarn, longrope
    double rope_theta = 10000;
    double partial = 1; ///< partial_rotary_factor: the share of each head that turns
    double factor = 1;
    double low_freq_factor = 1;
    double high_freq_factor = 4;
    double beta_fast = 32;
    double beta_slow = 1;
    bool truncate = true;
    double original_max_position_embeddings = 8192;
    /// longrope's divisors of the frequencies, one for each pair: of texts up to the original length, and of
    /// longer ones.
    std::vector<double> short_factor = {}, long_factor = {};
    double magnitude = 1; ///< of cosines and sines
    /// llama_4_scaling_beta: a turned query grows by 1 + β · log(1 + ⌊position / original length⌋); 0: it
    /// does not.
    double query_growth = 0;

    /// Throws Error naming a rope_type that is not known.
    static RotaryConfig from_json(const JsonFields& config);
    /// `kind`: which of rope_parameters' objects, where it has one for each kind of layers
    /// ("sliding_attention"); empty: it is one itself. `defaults` hold where the file does not tell.
    static RotaryConfig from_json(
        const JsonFields& config, const std::string& kind, const RotaryConfig& defaults);
};

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
