// GLM 4 (0414): norms before and after each branch of a block, one linear for gate and up, rotary positions
// of neighbouring values in a part of each head. Source: GLM Team 2024; names and fields as Hugging Face's
// Glm4ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_glm4(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads(/*head_size=*/128);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1.5625e-7)};
    const bool bias = config.boolean_or("attention_bias", false);
    const auto rotary = std::make_shared<const Rotary>(RotaryConfig::from_json(config, {}, {.partial = 0.5}),
        heads.size, at::Tensor(), device, RotaryPairs::Neighbours);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary, .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}},
                 .after = Norm(block, "post_self_attn_layernorm", width, norm),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = {mlp, width, {{"gate_up_proj", 2 * inner}}},
                    .middle = std::make_unique<Gate>(Activation::Silu),
                    .last = {mlp, inner, {{"down_proj", width}}},
                    .after = Norm(block, "post_mlp_layernorm", width, norm)}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair glm4_block_names[] = {{"input_layernorm.", "attn_norm."}, {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."}, {"self_attn.o_proj.", "attn_output."},
    {"post_self_attn_layernorm.", "post_attention_norm."}, {"post_attention_layernorm.", "ffn_norm."},
    {"post_mlp_layernorm.", "post_ffw_norm."}, {"mlp.gate_up_proj.", "ffn_up."},
    {"mlp.down_proj.", "ffn_down."}};

void add_glm4_biases(Json& config, const GgufFile& file) {
    config["attention_bias"] = file.find("blk.0.attn_q.bias") != nullptr;
}

} // namespace

extern const Architecture glm4{"glm4", make_glm4,
    {.model_class = "Glm4ForCausalLM",
        .gguf = {.architecture = "glm4",
            .outside = decoder_names,
            .inside = glm4_block_names,
            .add_fields = add_glm4_biases}}};

} // namespace lora
