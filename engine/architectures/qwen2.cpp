// Qwen 2 and 2.5: Llama's block with biases of query, key and value, and windows in its upper layers where
// the configuration says so. Source: Yang et al. 2024; names and fields as Hugging Face's Qwen2ForCausalLM
// has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_qwen2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = true;
    const bool slides = config.boolean_or("use_sliding_window", false);
    const std::int64_t first = config.integer_or("max_window_layers", 28, 0, 1 << 20);
    const auto windows = config.windows(slides ? config.size_or_none("sliding_window", 4096) : 0,
        [&](std::int64_t layer) { return layer >= first; });
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = rotary,
                                     .window = windows[static_cast<std::size_t>(block.layer)],
                                     .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture qwen2{"qwen2", make_qwen2,
    {.model_class = "Qwen2ForCausalLM",
        .gguf = {.architecture = "qwen2", .outside = decoder_names, .inside = gated_block_names}}};

} // namespace lora
