#pragma once
// The linears of SmolLM2-135M as values, for tests that count and select.

#include "engine/checkpoints/summary.h"

namespace lora {

/// 30 blocks; hidden 576, 9 heads and 3 key/value heads of 64, feed-forward 1536; the head is tied.
inline ModelSummary smollm2() {
    ModelSummary model;
    model.model_type = "llama";
    model.parameters = 134'515'008;
    model.layers = 30;
    const auto add = [&](std::int64_t layer, const char* group, const char* module, std::int64_t in,
                         std::int64_t out) {
        const std::string path = "model.layers." + std::to_string(layer) + "." + group + "." + module;
        model.linears.push_back({path, layer, module, group, in, out});
    };
    for (std::int64_t layer = 0; layer < model.layers; ++layer) {
        add(layer, "self_attn", "q_proj", 576, 576);
        add(layer, "self_attn", "k_proj", 576, 192);
        add(layer, "self_attn", "v_proj", 576, 192);
        add(layer, "self_attn", "o_proj", 576, 576);
        add(layer, "mlp", "gate_proj", 576, 1536);
        add(layer, "mlp", "up_proj", 576, 1536);
        add(layer, "mlp", "down_proj", 1536, 576);
    }
    model.linears.push_back({"lm_head", -1, "lm_head", "", 576, 49152});
    return model;
}

} // namespace lora
