// Phi 1, 1.5 and 2: both halves of a block in parallel after one LayerNorm, biases everywhere, the head's
// too, an MLP without a gate, rotary positions of a part of each head. Source: Gunasekar et al. 2023; names
// and fields as Hugging Face's PhiForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_phi(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("qk_layernorm", false);
    const Activation activation = config.activation("hidden_act", "gelu_new");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-5)};
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, {.partial = 0.5}), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.bias = true});
    parts.embedding_dropout = config.embedding_dropout("embd_pdrop");
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = query_key_value(attention, width, heads, /*bias=*/true),
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary, .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"dense", width}}, true},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "resid_pdrop"),
                 .phase = Phase::Attention},
                .mlp = {.wide = {mlp, width, {{"fc1", inner}}, true},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"fc2", width}}, true},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "resid_pdrop")},
                .parallel = true,
                .one_norm = true});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair phi_outside_names[] = {{"model.embed_tokens.", "token_embd."},
    {"model.final_layernorm.", "output_norm."}, {"lm_head.", "output."}};
constexpr NamePair phi_block_names[] = {{"input_layernorm.", "attn_norm."}, {"self_attn.q_proj.", "attn_q."},
    {"self_attn.k_proj.", "attn_k."}, {"self_attn.v_proj.", "attn_v."}, {"self_attn.dense.", "attn_output."},
    {"mlp.fc1.", "ffn_up."}, {"mlp.fc2.", "ffn_down."}};

} // namespace

extern const Architecture phi{"phi", make_phi,
    {.norm = "model.final_layernorm",
        .model_class = "PhiForCausalLM",
        .gguf = {.architecture = "phi2", .outside = phi_outside_names, .inside = phi_block_names}}};

} // namespace lora
