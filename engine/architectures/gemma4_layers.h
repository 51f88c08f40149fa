#pragma once
// Which of Gemma 4's layers attends how: through a window or to all of the text, with heads of a size of
// their own, and in the last layers to the keys and values of an earlier one of their kind.

#include "engine/architectures/config_fields.h"

#include <cstdint>
#include <vector>

namespace lora {

struct Gemma4Layer {
    bool slides = false;
    Heads heads = {};
    bool keys_are_values = false; ///< of a layer with keys of its own
    std::int64_t lender = -1;     ///< the layer whose keys and values it sees; -1: its own
};

/// By layer_types, head_dim and num_key_value_heads with per_layer_config's or global_head_dim's and
/// num_global_key_value_heads' in their place, attention_k_eq_v and num_kv_shared_layers. Layers of a kind
/// have the same heads. Throws Error for fields that say no such layers.
std::vector<Gemma4Layer> gemma4_layers(const ConfigFields& config);

} // namespace lora
