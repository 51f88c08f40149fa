// Granite 3: Llama with multipliers of the embedding, the scores, each branch and the logits. Source: IBM
// Granite Team 2024; names and fields as Hugging Face's GraniteForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_granite(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    GatedBlock kind = gated_block(config, norm);
    kind.input_bias = kind.output_bias = config.boolean_or("attention_bias", false);
    kind.mlp_bias = config.boolean_or("mlp_bias", false);
    const double multiplier = config.positive_or("residual_multiplier", 1);
    const double scale = config.positive_or("attention_multiplier", 1);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config), kind.heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    parts.embedding_multiplier = config.positive_or("embedding_multiplier", 1);
    parts.logit_end.scale = 1 / config.positive_or("logits_scaling", 1);
    for (const Place& block : block_places(config, weights)) {
        parts.blocks.each.push_back(kind.pre_norm(
            block, {.rotary = rotary, .scale = scale, .dropout = config.attention_dropout(block.layer)}));
        parts.blocks.each.back().attention.multiplier = multiplier;
        parts.blocks.each.back().mlp.multiplier = multiplier;
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr FieldPair granite_fields[] = {{"attention.scale", "attention_multiplier"},
    {"embedding_scale", "embedding_multiplier"}, {"residual_scale", "residual_multiplier"},
    {"logit_scale", "logits_scaling"}};

} // namespace

extern const Architecture granite{"granite", make_granite,
    {.model_class = "GraniteForCausalLM",
        .gguf = {.architecture = "granite",
            .outside = decoder_names,
            .inside = gated_block_names,
            .interleaves_rows = true,
            .fields = granite_fields}}};

} // namespace lora
