// Qwen 3: Llama's block with a norm of each head of query and key, and windows in its upper layers where the
// configuration says so. Source: Yang et al. 2025; names and fields as Hugging Face's Qwen3ForCausalLM has
// them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads(/*head_size=*/128);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6)};
    const bool bias = config.boolean_or("attention_bias", false);
    const bool slides = config.boolean_or("use_sliding_window", false);
    const std::int64_t first = config.integer_or("max_window_layers", 28, 0, 1 << 20);
    const auto windows = config.windows(slides ? config.size_or_none("sliding_window", 4096) : 0,
        [&](std::int64_t layer) { return layer >= first; });
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back({.attention = {.before = Norm(block, "input_layernorm", width, norm),
                                         .wide = query_key_value(attention, width, heads, bias),
                                         .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                                             AttentionSettings{.rotary = rotary,
                                                 .window = windows[static_cast<std::size_t>(block.layer)],
                                                 .query_norm = Norm(attention, "q_norm", heads.size, norm),
                                                 .key_norm = Norm(attention, "k_norm", heads.size, norm),
                                                 .dropout = config.attention_dropout(block.layer)}),
                                         .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                                         .phase = Phase::Attention},
            .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                .wide = gate_and_up(mlp, width, inner),
                .middle = std::make_unique<Gate>(Activation::Silu),
                .last = {mlp, inner, {{"down_proj", width}}}}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair block_names[] = {{"input_layernorm.", "attn_norm."}, {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."}, {"self_attn.o_proj.", "attn_output."},
    {"self_attn.q_norm.", "attn_q_norm."}, {"self_attn.k_norm.", "attn_k_norm."},
    {"post_attention_layernorm.", "ffn_norm."}, {"mlp.gate_proj.", "ffn_gate."}, {"mlp.up_proj.", "ffn_up."},
    {"mlp.down_proj.", "ffn_down."}};

} // namespace

extern const Architecture qwen3{"qwen3", make,
    {.model_class = "Qwen3ForCausalLM",
        .gguf = {.architecture = "qwen3", .outside = decoder_names, .inside = block_names}}};

} // namespace lora
