// Qwen 3: Llama's block with a norm of each head of query and key, and windows in its upper layers where the
// configuration says so. Source: Yang et al. 2025; names and fields as Hugging Face's Qwen3ForCausalLM has
// them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_qwen3(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/128);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
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
                                     .query_norm = Norm(block, "self_attn.q_norm", kind.heads.size, norm),
                                     .key_norm = Norm(block, "self_attn.k_norm", kind.heads.size, norm),
                                     .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture qwen3{"qwen3", make_qwen3,
    {.model_class = "Qwen3ForCausalLM",
        .gguf = {.architecture = "qwen3", .outside = decoder_names, .inside = gated_block_names}}};

/// With pictures and films, which are left out; its sections of rotary positions are the same on text alone.
extern const Architecture qwen3_vl{
    "qwen3_vl", make_qwen3, text_part_dialect("Qwen3VLForConditionalGeneration")};

} // namespace lora
