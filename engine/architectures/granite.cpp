// Granite 3: Llama with multipliers of the embedding, the scores, each branch and the logits. Source: IBM
// Granite Team 2024; names and fields as Hugging Face's GraniteForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    const bool bias = config.boolean_or("attention_bias", false);
    const bool mlp_bias = config.boolean_or("mlp_bias", false);
    const double multiplier = config.positive_or("residual_multiplier", 1);
    const double scale = config.positive_or("attention_multiplier", 1);
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    parts.embedding_multiplier = config.positive_or("embedding_multiplier", 1);
    parts.logit_end.scale = 1 / config.positive_or("logits_scaling", 1);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{
                         .rotary = rotary, .scale = scale, .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                 .multiplier = multiplier,
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = gate_and_up(mlp, width, inner, mlp_bias),
                    .middle = std::make_unique<Gate>(Activation::Silu),
                    .last = {mlp, inner, {{"down_proj", width}}, mlp_bias},
                    .multiplier = multiplier}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

void add_multipliers(Json& config, const GgufFile& file) {
    for (const auto& [key, field] : {std::pair{"granite.attention.scale", "attention_multiplier"},
             {"granite.embedding_scale", "embedding_multiplier"},
             {"granite.residual_scale", "residual_multiplier"}, {"granite.logit_scale", "logits_scaling"}})
        if (file.metadata(key) != nullptr) config[field] = file.number(key);
}

} // namespace

extern const Architecture granite{"granite", make,
    {.model_class = "GraniteForCausalLM",
        .gguf = {.architecture = "granite",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true,
            .add_fields = add_multipliers}}};

} // namespace lora
