// Gemma: norms that scale by 1 + weight, an embedding times the root of its width, GeGLU, a tied head.
// Source: Gemma Team 2024; names and fields as Hugging Face's GemmaForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

#include <cmath>

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("use_bidirectional_attention", false);
    const Activation activation = config.activation(
        config.has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads(/*head_size=*/256);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    const bool bias = config.boolean_or("attention_bias", false);
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, /*tied=*/true);
    parts.embedding_multiplier = std::sqrt(static_cast<double>(width));
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary, .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = gate_and_up(mlp, width, inner),
                    .middle = std::make_unique<Gate>(activation),
                    .last = {mlp, inner, {{"down_proj", width}}}}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture gemma{"gemma", make,
    {.model_class = "GemmaForCausalLM",
        .gguf = {.architecture = "gemma",
            .outside = decoder_names,
            .inside = gated_block_names,
            .added_to_norms = 1}}};

} // namespace lora
