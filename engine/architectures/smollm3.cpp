// SmolLM 3: Llama with layers whose queries and keys no position turns, and windows where the configuration
// says so. Source: Hugging Face 2025; names and fields as its SmolLM3ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_smollm3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mlp_bias = config.boolean_or("mlp_bias", false);
    const auto turns = config.flags("no_rope_layers",
        [&](std::int64_t layer) { return (layer + 1) % config.size_or("no_rope_layer_interval", 4) != 0; });
    const bool slides = config.boolean_or("use_sliding_window", false);
    const auto windows = config.windows(slides ? config.size_or_none("sliding_window") : 0,
        [&](std::int64_t layer) { return !turns[static_cast<std::size_t>(layer)]; });
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.rope_theta = 2e6}), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    for (const Place& block : block_places(config, weights)) {
        const auto layer = static_cast<std::size_t>(block.layer);
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = turns[layer] ? rotary : nullptr,
                                     .window = windows[layer],
                                     .dropout = config.attention_dropout(block.layer)}));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture smollm3{"smollm3", make_smollm3,
    {.model_class = "SmolLM3ForCausalLM",
        .gguf = {.architecture = "smollm3",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true}}};

} // namespace lora
