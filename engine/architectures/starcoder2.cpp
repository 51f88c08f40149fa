// StarCoder 2: LayerNorm, biases everywhere, an MLP without a gate, a sliding window. Source: Lozhkov et al.
// 2024; names and fields as Hugging Face's Starcoder2ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_starcoder2(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    const Activation activation = config.activation("hidden_act", "gelu_pytorch_tanh");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("norm_epsilon", 1e-5)};
    const bool bias = config.boolean_or("use_bias", true);
    const std::int64_t window = config.size_or_none("sliding_window");
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_dropout = config.embedding_dropout("embedding_dropout");
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary,
                         .window = window,
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "residual_dropout"),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = {mlp, width, {{"c_fc", inner}}, bias},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"c_proj", width}}, bias},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "residual_dropout")}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair starcoder2_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attn.q_proj.", "attn_q."}, {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."},
    {"self_attn.o_proj.", "attn_output."}, {"post_attention_layernorm.", "ffn_norm."},
    {"mlp.c_fc.", "ffn_up."}, {"mlp.c_proj.", "ffn_down."}};

void add_starcoder2_names(Json& config, const GgufFile& /*file*/) {
    config["norm_epsilon"] = config["layer_norm_eps"];
}

} // namespace

extern const Architecture starcoder2{"starcoder2", make_starcoder2,
    {.model_class = "Starcoder2ForCausalLM",
        .gguf = {.architecture = "starcoder2",
            .outside = decoder_names,
            .inside = starcoder2_block_names,
            .add_fields = add_starcoder2_names}}};

} // namespace lora
