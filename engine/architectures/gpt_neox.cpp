// GPT-NeoX and Pythia: LayerNorm, biases, an MLP without a gate, one linear for queries, keys and values in
// which each head has its own together, rotary positions of a part of each head; both halves of a block on
// its input, each after a norm of its own. Source: Black et al. 2022; names and fields as Hugging Face's
// GPTNeoXForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_gpt_neox(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    const Activation activation = config.activation("hidden_act", "gelu");
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-5)};
    const bool bias = config.boolean_or("attention_bias", true);
    // Before a block is put together: g++ 12 destroys half of one twice where reading a field in it throws.
    const bool parallel = config.boolean_or("use_parallel_residual", true);
    const RotaryConfig usual{.rope_theta = config.positive_or("rotary_emb_base", 10000),
        .partial = config.positive_or("rotary_pct", 0.25)};
    const auto rotary = std::make_shared<const Rotary>(
        RotaryConfig::from_json(config, {}, usual), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm);
    parts.embedding_dropout = config.embedding_dropout("hidden_dropout");
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("attention"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = {attention, width, {{"query_key_value", heads.queries() + 2 * heads.keys()}}, bias},
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.rotary = rotary,
                         .groups_rows = true,
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, heads.queries(), {{"dense", width}}, bias},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "hidden_dropout"),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = {mlp, width, {{"dense_h_to_4h", inner}}, true},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"dense_4h_to_h", width}}, true},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "hidden_dropout")},
                .parallel = parallel});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

constexpr NamePair gpt_neox_outside_names[] = {{"gpt_neox.embed_in.", "token_embd."},
    {"gpt_neox.final_layer_norm.", "output_norm."}, {"embed_out.", "output."}};
constexpr NamePair gpt_neox_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"attention.query_key_value.", "attn_qkv."}, {"attention.dense.", "attn_output."},
    {"post_attention_layernorm.", "ffn_norm."}, {"mlp.dense_h_to_4h.", "ffn_up."},
    {"mlp.dense_4h_to_h.", "ffn_down."}};

constexpr FieldPair gpt_neox_fields[] = {
    {"use_parallel_residual", "use_parallel_residual", FieldPair::Kind::Flag}};

} // namespace

extern const Architecture gpt_neox{"gpt_neox", make_gpt_neox,
    {.base = "gpt_neox.",
        .blocks = "gpt_neox.layers.",
        .embedding = "gpt_neox.embed_in.weight",
        .head = "embed_out",
        .norm = "gpt_neox.final_layer_norm",
        .model_class = "GPTNeoXForCausalLM",
        .gguf = {.architecture = "gptneox",
            .outside = gpt_neox_outside_names,
            .inside = gpt_neox_block_names,
            .parts_groups = true,
            .fields = gpt_neox_fields}}};

} // namespace lora
