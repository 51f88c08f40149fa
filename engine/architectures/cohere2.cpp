// Cohere's Command R7B and A: both branches of a block in parallel after one LayerNorm without bias, a
// sliding window with rotary positions of neighbouring values in three layers of four, none of both in the
// fourth, scaled logits. Source: Cohere 2025; names and fields as Hugging Face's Cohere2ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_cohere2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.kind = NormSettings::Kind::Layer,
        .epsilon = config.number_or("layer_norm_eps", 1e-5),
        .bias = false};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const std::int64_t pattern = config.size_or("sliding_window_pattern", 4);
    const auto windows = config.windows(config.size_or("sliding_window", 4096),
        [&](std::int64_t layer) { return (layer + 1) % pattern != 0; });
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device, RotaryPairs::Neighbours);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.logit_end.scale = config.positive_or("logit_scale", 0.0625);
    for (const Place& block : block_places(config, weights)) {
        const std::int64_t window = windows[static_cast<std::size_t>(block.layer)];
        parts.blocks.each.push_back(
            kind.parallel(block, {.rotary = window > 0 ? rotary : nullptr,
                                     .window = window,
                                     .dropout = config.attention_dropout(block.layer)}));
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr FieldPair cohere2_fields[] = {
    {"logit_scale", "logit_scale", FieldPair::Kind::Number, /*is_needed=*/true}};

} // namespace

extern const Architecture cohere2{"cohere2", make_cohere2,
    {.model_class = "Cohere2ForCausalLM",
        .gguf = {.architecture = "cohere2",
            .outside = decoder_names,
            .inside = gated_block_names,
            .fields = cohere2_fields,
            .has_windows = true}}};

} // namespace lora
