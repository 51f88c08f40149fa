// OPT: LayerNorm, learned positions from the table's third row on, biases, ReLU, a tied head. Not the 350M
// model, whose norms follow each half of a block and whose embedding is narrower. Source: Zhang et al. 2022;
// names and fields as Hugging Face's OPTForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

constexpr std::int64_t first_position = 2;

std::unique_ptr<Model> make_opt(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    const std::int64_t width = config.size("hidden_size"), inner = config.size("ffn_dim");
    config.only("do_layer_norm_before", true);
    config.only("_remove_final_layer_norm", false);
    config.only("layer_norm_elementwise_affine", true);
    config.only("word_embed_proj_dim", width);
    const Activation activation = config.activation("activation_function", "relu");
    const Heads heads = config.heads();
    const NormSettings norm{.kind = NormSettings::Kind::Layer, .epsilon = 1e-5};
    const bool bias = config.boolean_or("enable_bias", true);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.positions = learned_positions(config, weights, "model.decoder.embed_positions", first_position);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "self_attn_layer_norm", width, norm),
                 .wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(
                     heads, block.layer, AttentionSettings{.dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, width, {{"out_proj", width}}, bias},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "dropout", 0.1),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "final_layer_norm", width, norm),
                    .wide = {block, width, {{"fc1", inner}}, bias},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {block, inner, {{"fc2", width}}, bias},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "dropout", 0.1)}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

} // namespace

extern const Architecture opt{"opt", make_opt,
    {.blocks = "model.decoder.layers.",
        .embedding = "model.decoder.embed_tokens.weight",
        .norm = "model.decoder.final_layer_norm",
        .model_class = "OPTForCausalLM"}};

} // namespace lora
