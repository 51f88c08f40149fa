// EXAONE 4: norms after each branch of a block and of each head of query and key; where there is a sliding
// window, the layers without one have no positions. Source: LG AI Research 2025; names and fields as Hugging
// Face's Exaone4ForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

#include <algorithm>

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("hidden_act", "silu");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-5)};
    const std::int64_t window = config.size_or_none("sliding_window", 4096);
    const Json* const told = config.find("sliding_window_pattern");
    if (told != nullptr && told->is_string()) config.only("sliding_window_pattern", "LLLG");
    const std::int64_t pattern = told != nullptr && told->is_number() ? std::max<std::int64_t>(
                                     1, config.integer("sliding_window_pattern", 0, 4096))
                                                                      : 4;
    const auto windows =
        config.windows(window, [&](std::int64_t layer) { return window > 0 && (layer + 1) % pattern != 0; });
    const auto rotary = std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size,
        weights.optional_tensor("rope_freqs.weight", {heads.size / 2}), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        const std::int64_t own = windows[static_cast<std::size_t>(block.layer)];
        parts.blocks.each.push_back(
            {.attention = {.wide = query_key_value(attention, width, heads),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = window == 0 || own > 0 ? rotary : nullptr,
                         .window = own,
                         .query_norm = Norm(attention, "q_norm", heads.size, norm),
                         .key_norm = Norm(attention, "k_norm", heads.size, norm),
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"o_proj", width}}},
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

extern const Architecture exaone4{"exaone4", make,
    {.model_class = "Exaone4ForCausalLM",
        .gguf = {.architecture = "exaone4", .outside = decoder_names, .inside = block_names}}};

} // namespace lora
