// OLMo 2: norms after each branch of a block alone, and of query and key, each over all its heads. Source:
// OLMo Team 2025; names and fields as Hugging Face's Olmo2ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    config.only("sliding_window", nullptr); // OLMo 3, as llama.cpp writes it
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    const bool bias = config.boolean_or("attention_bias", false);
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.wide = query_key_value(attention, width, heads, bias),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary,
                         .query_norm = Norm(attention, "q_norm", heads.queries(), norm),
                         .key_norm = Norm(attention, "k_norm", heads.keys(), norm),
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                 .after = Norm(block, "post_attention_layernorm", width, norm),
                 .phase = Phase::Attention},
                .mlp = {.wide = gate_and_up(mlp, width, inner),
                    .middle = std::make_unique<Gate>(Activation::Silu),
                    .last = {mlp, inner, {{"down_proj", width}}},
                    .after = Norm(block, "post_feedforward_layernorm", width, norm)}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair block_names[] = {{"self_attn.q_proj.", "attn_q."}, {"self_attn.k_proj.", "attn_k."},
    {"self_attn.v_proj.", "attn_v."}, {"self_attn.o_proj.", "attn_output."},
    {"self_attn.q_norm.", "attn_q_norm."}, {"self_attn.k_norm.", "attn_k_norm."},
    {"post_attention_layernorm.", "post_attention_norm."}, {"post_feedforward_layernorm.", "post_ffw_norm."},
    {"mlp.gate_proj.", "ffn_gate."}, {"mlp.up_proj.", "ffn_up."}, {"mlp.down_proj.", "ffn_down."}};

} // namespace

extern const Architecture olmo2{"olmo2", make,
    {.model_class = "Olmo2ForCausalLM",
        .gguf = {.architecture = "olmo2", .outside = decoder_names, .inside = block_names}}};

} // namespace lora
