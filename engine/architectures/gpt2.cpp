// GPT-2: LayerNorm, learned positions, one linear for queries, keys and values, an MLP without a gate, a tied
// head. Its checkpoints have the blocks' matrices as [in, out]. Source: Radford et al. 2019; names and fields
// as Hugging Face's GPT2LMHeadModel has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_gpt2(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    config.only("scale_attn_weights", true);
    config.only("scale_attn_by_inverse_layer_idx", false);
    config.only("add_cross_attention", false);
    const Activation activation = config.activation("activation_function", "gelu_new");
    const std::int64_t width = config.size("hidden_size"), inner = config.size_or("n_inner", 4 * width);
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_epsilon", 1e-5)};
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.positions = learned_positions(config, weights, "transformer.wpe");
    parts.embedding_dropout = config.embedding_dropout("embd_pdrop", 0.1);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("attn"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "ln_1", width, norm),
                 .wide = {attention, width, {{"c_attn", 3 * width}}, true},
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.dropout = config.attention_dropout(block.layer, "attn_pdrop", 0.1)}),
                 .last = {attention, width, {{"c_proj", width}}, true},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "resid_pdrop", 0.1),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "ln_2", width, norm),
                    .wide = {mlp, width, {{"c_fc", inner}}, true},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"c_proj", width}}, true},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "resid_pdrop", 0.1)}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

void add_gpt2_usual_fields(Json& config) {
    add_fields_as(config, {{"n_embd", "hidden_size"}, {"n_layer", "num_hidden_layers"},
                              {"n_head", "num_attention_heads"}, {"n_positions", "max_position_embeddings"}});
}

void add_gpt2_own_fields(Json& config, const GgufFile& /*file*/) {
    add_fields_as(config, {{"layer_norm_eps", "layer_norm_epsilon"}, {"intermediate_size", "n_inner"}});
}

constexpr NamePair gpt2_outside_names[] = {{"transformer.wte.", "token_embd."},
    {"transformer.wpe.", "position_embd."}, {"transformer.ln_f.", "output_norm."}, {"lm_head.", "output."}};
constexpr NamePair gpt2_block_names[] = {{"ln_1.", "attn_norm."}, {"attn.c_attn.", "attn_qkv."},
    {"attn.c_proj.", "attn_output."}, {"ln_2.", "ffn_norm."}, {"mlp.c_fc.", "ffn_up."},
    {"mlp.c_proj.", "ffn_down."}};

} // namespace

extern const Architecture gpt2{"gpt2", make_gpt2,
    {.base = "transformer.",
        .blocks = "transformer.h.",
        .embedding = "transformer.wte.weight",
        .norm = "transformer.ln_f",
        .model_class = "GPT2LMHeadModel",
        .transposed = true,
        .add_usual_fields = add_gpt2_usual_fields,
        .gguf = {.architecture = "gpt2",
            .outside = gpt2_outside_names,
            .inside = gpt2_block_names,
            .has_rotary = false,
            .add_fields = add_gpt2_own_fields}}};

} // namespace lora
