// Nemotron 3 and 4, Minitron: LayerNorm that scales by 1 + weight, squared ReLU without a gate, rotary
// positions of a part of each head. Source: Parmar et al. 2024; names and fields as Hugging Face's
// NemotronForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_nemotron(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    const Activation activation = config.activation("hidden_act", "relu2");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("norm_eps", 1e-5), .offset = 1};
    const bool bias = config.boolean_or("attention_bias", false);
    const bool mlp_bias = config.boolean_or("mlp_bias", false);
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.partial = 0.5}), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
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
                    .wide = {mlp, width, {{"up_proj", inner}}, mlp_bias},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"down_proj", width}}, mlp_bias}}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

void add_nemotron_names(Json& config, const GgufFile& file) {
    config["norm_eps"] = config["layer_norm_eps"];
    config["attention_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
    config["mlp_bias"] = file.find("blk.0.ffn_up.bias") != nullptr;
}

} // namespace

extern const Architecture nemotron{"nemotron", make_nemotron,
    {.model_class = "NemotronForCausalLM",
        .gguf = {.architecture = "nemotron",
            .outside = decoder_names,
            .inside = gated_block_names,
            .added_to_norms = 1,
            .add_fields = add_nemotron_names}}};

} // namespace lora
