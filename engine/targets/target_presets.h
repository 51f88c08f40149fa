#pragma once
// The presets of --targets: which part of a block a linear belongs to, told by its checkpoint name.

#include "engine/checkpoints/summary.h"

#include <array>
#include <string_view>

namespace lora {

/// From the fewest linears to the most.
inline constexpr std::array<std::string_view, 4> preset_names = {
    "attention-qv", "attention", "mlp", "all-linear"};

/// Whether the preset takes the linear; of those outside the blocks all-linear alone takes one, Gemma 4's
/// per_layer_model_projection.
bool in_preset(const LinearInfo& linear, std::string_view preset);

} // namespace lora
