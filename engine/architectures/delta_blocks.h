#pragma once
// What Qwen's hybrids share: blocks that mix tokens by a gated delta rule, every fourth one by attention with
// a gate, and the fields of config.json that describe them.

#include "engine/architectures/config_fields.h"
#include "engine/blocks/gated_delta.h"

#include <memory>
#include <vector>

namespace lora {

/// The rule's heads, taps and norm. Throws Error for numbers of heads that do not divide.
DeltaSettings delta_settings(const ConfigFields& config, const NormSettings& norm);

/// The sizes of attention and of the feed-forward branch, and norms whose weights are stored as w − 1.
GatedBlock delta_block(const ConfigFields& config);

struct DeltaMixer {
    DeltaSettings settings = {};
    std::vector<LinearSpec> inputs; ///< the linears before the rule, as the settings lay out their columns
};

/// A decoder whose blocks have the rule or, by layer_types or else by full_attention_interval, attention.
std::unique_ptr<Model> delta_decoder(const ConfigFields& config, const Weights& weights,
    const at::Device& device, const GatedBlock& kind, const DeltaMixer& mixer);

} // namespace lora
