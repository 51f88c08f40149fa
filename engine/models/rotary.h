#pragma once
// Rotary position embedding in the half-split layout of Hugging Face checkpoints, with the scalings of the
// Llama family. Source: Su et al. 2021 (RoFormer); Llama 3's scaling as in its published configuration.

#include "engine/files/json.h"

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// config.json's rope fields, in the spelling of transformers 5 (rope_parameters) or the earlier one
/// (rope_theta, rope_scaling).
struct RotaryConfig {
    std::string rope_type = "default"; ///< default, linear, llama3
    double rope_theta = 10000;
    double factor = 1;
    double low_freq_factor = 1;
    double high_freq_factor = 4;
    double original_max_position_embeddings = 8192;

    /// Throws Error naming a rope_type that is not known.
    static RotaryConfig from_json(const JsonFields& config);
};

/// Cosines and sines of some positions, [N, 1, E] each, to be shared by all layers of a pass.
struct RotaryTables {
    at::Tensor cos;
    at::Tensor sin;
};

class Rotary {
public:
    Rotary() = default;
    /// head_size is E, even. `factors` [E/2] divide the frequencies (GGUF's rope_freqs.weight); undefined:
    /// none.
    Rotary(const RotaryConfig& config, std::int64_t head_size, const at::Tensor& factors,
        const at::Device& device);

    /// positions int64 [N]. Computed in float32, given in `type`.
    RotaryTables tables(const at::Tensor& positions, at::ScalarType type) const;
    /// The distinct half of them, float32 [N, E/2] each.
    RotaryTables half_tables(const at::Tensor& positions) const;

private:
    at::Tensor inverse_frequencies_; // float32 [E/2]
};

/// x [N, H, E], turned by its rows' positions.
at::Tensor rotate(const at::Tensor& x, const RotaryTables& tables);

} // namespace lora
