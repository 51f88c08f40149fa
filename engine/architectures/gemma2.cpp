// Gemma 2: Gemma with norms before and after each branch of a block, capped scores and logits, and a sliding
// window in every other layer. Source: Gemma Team 2024; names and fields as Hugging Face's Gemma2ForCausalLM
// has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

#include <cmath>

namespace lora {

namespace {

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("use_bidirectional_attention", false);
    const Activation activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads(/*head_size=*/256);
    const NormSettings norm{.epsilon = config.number_or("rms_norm_eps", 1e-6), .offset = 1};
    const bool bias = config.boolean_or("attention_bias", false);
    const double scale = 1 / std::sqrt(config.positive_or("query_pre_attn_scalar", 256));
    const double softcap = config.softcap("attn_logit_softcapping", 50);
    const auto windows = config.windows(
        config.size_or_none("sliding_window", 4096), [](std::int64_t layer) { return layer % 2 == 0; });
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, /*tied=*/true);
    parts.embedding_multiplier = std::sqrt(static_cast<double>(width));
    parts.logit_end.softcap = config.softcap("final_logit_softcapping", 30);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back({.attention = {.before = Norm(block, "input_layernorm", width, norm),
                                         .wide = query_key_value(attention, width, heads, bias),
                                         .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                                             AttentionSettings{.rotary = rotary,
                                                 .scale = scale,
                                                 .softcap = softcap,
                                                 .window = windows[static_cast<std::size_t>(block.layer)],
                                                 .dropout = config.attention_dropout(block.layer)}),
                                         .last = {attention, heads.queries(), {{"o_proj", width}}, bias},
                                         .after = Norm(block, "post_attention_layernorm", width, norm),
                                         .phase = Phase::Attention},
            .mlp = {.before = Norm(block, "pre_feedforward_layernorm", width, norm),
                .wide = gate_and_up(mlp, width, inner),
                .middle = std::make_unique<Gate>(activation),
                .last = {mlp, inner, {{"down_proj", width}}},
                .after = Norm(block, "post_feedforward_layernorm", width, norm)}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

// GGUF has no query_pre_attn_scalar: llama.cpp knows of the largest one that it is another than the head's
// size.
void add_scale(Json& config, const GgufFile& /*file*/) {
    constexpr int layers_of_27b = 46;
    const bool largest = config["num_hidden_layers"] == layers_of_27b;
    config["query_pre_attn_scalar"] =
        largest ? config["hidden_size"].get<int>() / config["num_attention_heads"].get<int>()
                : config["head_dim"].get<int>();
}

constexpr NamePair block_names[] = {{"input_layernorm.", "attn_norm."}, {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."}, {"self_attn.o_proj.", "attn_output."},
    {"post_attention_layernorm.", "post_attention_norm."}, {"pre_feedforward_layernorm.", "ffn_norm."},
    {"post_feedforward_layernorm.", "post_ffw_norm."}, {"mlp.gate_proj.", "ffn_gate."},
    {"mlp.up_proj.", "ffn_up."}, {"mlp.down_proj.", "ffn_down."}};

} // namespace

extern const Architecture gemma2{"gemma2", make,
    {.model_class = "Gemma2ForCausalLM",
        .gguf = {.architecture = "gemma2",
            .outside = decoder_names,
            .inside = block_names,
            .added_to_norms = 1,
            .add_fields = add_scale}}};

} // namespace lora
