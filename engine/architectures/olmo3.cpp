// OLMo 3: OLMo 2 with a sliding window in three layers of four, whose rotary positions are never scaled.
// Source: OLMo Team 2025; names and fields as Hugging Face's Olmo3ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_olmo3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const auto windows = config.windows(
        config.size_or_none("sliding_window", 4096), [](std::int64_t layer) { return (layer + 1) % 4 != 0; });
    const bool kinds =
        config.has("rope_parameters") && config.object("rope_parameters").has("full_attention");
    const RotaryConfig far = RotaryConfig::from_json(config, kinds ? "full_attention" : "", {});
    const RotaryConfig near = kinds ? RotaryConfig::from_json(config, "sliding_attention", {})
                                    : RotaryConfig{.rope_theta = far.rope_theta};
    const auto rotary = std::make_shared<const Rotary>(far, kind.heads.size, at::Tensor(), device);
    const auto window_rotary = std::make_shared<const Rotary>(near, kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const std::int64_t window = windows[static_cast<std::size_t>(block.layer)];
        parts.blocks.each.push_back(kind.post_norm(
            block, {.rotary = window > 0 ? window_rotary : rotary,
                       .window = window,
                       .query_norm = Norm(block, "self_attn.q_norm", kind.heads.queries(), norm),
                       .key_norm = Norm(block, "self_attn.k_norm", kind.heads.keys(), norm),
                       .dropout = config.attention_dropout(block.layer)}));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

// llama.cpp writes OLMo 3 as olmo2 with a window, which that one refuses.
extern const Architecture olmo3{"olmo3", make_olmo3, {.model_class = "Olmo3ForCausalLM"}};

} // namespace lora
