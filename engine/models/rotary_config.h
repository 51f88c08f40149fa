#pragma once
// How config.json says that positions turn: base, share of each head, and the scaling for longer contexts, in
// the spellings that transformers' configurations have had for it.

#include "engine/files/json.h"

#include <string>
#include <vector>

namespace lora {

/// config.json's rope fields, in the spelling of transformers 5 (rope_parameters) or the earlier one
/// (rope_theta, rope_scaling).
struct RotaryConfig {
    std::string rope_type = "default"; ///< default, linear, dynamic, llama3, yarn, longrope, proportional
    double rope_theta = 10000;
    double partial = 1; ///< partial_rotary_factor: the share of each head that turns; of a proportional one
                        ///< the first pairs of as many as the whole head has
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

} // namespace lora
