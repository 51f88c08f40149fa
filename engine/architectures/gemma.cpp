// Gemma: norms that scale by 1 + weight, an embedding times the root of its width, GeGLU, a tied head.
// Source: Gemma Team 2024; names and fields as Hugging Face's GemmaForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

#include <cmath>

namespace lora {

namespace {

std::unique_ptr<Model> make_gemma(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("use_bidirectional_attention", false);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    GatedBlock kind = gated_block(config, norm, /*head_size=*/256);
    kind.activation = config.activation(
        config.has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh");
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_multiplier = std::sqrt(static_cast<double>(kind.width));
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(
            kind.pre_norm(block, {.rotary = rotary, .dropout = config.attention_dropout(block.layer)}));
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture gemma{"gemma", make_gemma,
    {.model_class = "GemmaForCausalLM",
        .gguf = {.architecture = "gemma",
            .outside = decoder_names,
            .inside = gated_block_names,
            .added_to_norms = 1}}};

} // namespace lora
