// Falcon: both halves of a block on its input, after one LayerNorm (7B, 11B) or one each (40B); one linear
// for queries, keys and values, in groups of the heads that share a key. Not the models without rotary
// positions (alibi). Source: Almazrouei et al. 2023; names and fields as Hugging Face's FalconForCausalLM has
// them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"
#include "engine/error.h"

namespace lora {

namespace {

// Of the block's norms: whether each half has its own.
bool has_two_norms(const ConfigFields& config) {
    const bool grouped = config.boolean_or("new_decoder_architecture", false);
    return grouped && config.integer_or("num_ln_in_parallel_attn", 2, 1, 2) == 2;
}

std::unique_ptr<Model> make_falcon(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("alibi", false);
    config.only("hidden_dropout", 0);
    config.only("attention_dropout", 0);
    const bool grouped = config.boolean_or("new_decoder_architecture", false),
               two_norms = has_two_norms(config);
    const bool parallel = grouped || config.boolean_or("parallel_attn", true);
    const Activation activation = config.activation("activation", "gelu");
    const std::int64_t width = config.size("hidden_size"),
                       inner = config.size_or("ffn_hidden_size", 4 * width);
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_epsilon", 1e-5)};
    const bool bias = config.boolean_or("bias", false);
    const auto rotary =
        std::make_shared<const Rotary>(RotaryConfig::from_json(config), heads.size, at::Tensor(), device);
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attention"), mlp = block.at("mlp");
        Norm of_mlp;
        if (two_norms) of_mlp = Norm(block, "ln_mlp", width, norm);
        if (!parallel) of_mlp = Norm(block, "post_attention_layernorm", width, norm);
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, two_norms ? "ln_attn" : "input_layernorm", width, norm),
                 .wide = {attention, width, {{"query_key_value", heads.queries() + 2 * heads.keys()}}, bias},
                 .middle = std::make_unique<GroupedAttention>(
                     heads, block.layer, AttentionSettings{.rotary = rotary, .groups_rows = true}),
                 .last = {attention, heads.queries(), {{"dense", width}}, bias},
                 .phase = Phase::Attention},
                .mlp = {.before = of_mlp,
                    .wide = {mlp, width, {{"dense_h_to_4h", inner}}, bias},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {mlp, inner, {{"dense_4h_to_h", width}}, bias}},
                .parallel = parallel,
                .one_norm = parallel && !two_norms});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

bool is(const Json& config, const char* key, bool otherwise) {
    const auto found = config.find(key);
    return found == config.end() || found->is_null() ? otherwise : *found == true;
}

// num_kv_heads does not count where all queries share one key, and is not there where each has its own.
void add_falcon_usual_fields(Json& config) {
    if (is(config, "new_decoder_architecture", false))
        add_fields_as(config, {{"num_kv_heads", "num_key_value_heads"}});
    else if (is(config, "multi_query", true))
        config["num_key_value_heads"] = 1;
}

void add_falcon_own_fields(Json& config, const GgufFile& file) {
    if (file.find("blk.0.attn_norm_2.weight") != nullptr)
        fail(file.path(), "a Falcon with two norms in each block", "one norm",
            "take the model's Hugging Face folder instead");
    add_fields_as(config, {{"layer_norm_eps", "layer_norm_epsilon"}, {"intermediate_size", "ffn_hidden_size"},
                              {"num_key_value_heads", "num_kv_heads"}});
    const bool one_key = config["num_key_value_heads"] == 1;
    config["multi_query"] = one_key;
    config["new_decoder_architecture"] = !one_key;
    config["num_ln_in_parallel_attn"] = 1;
}

constexpr NamePair falcon_outside_names[] = {{"transformer.word_embeddings.", "token_embd."},
    {"transformer.ln_f.", "output_norm."}, {"lm_head.", "output."}};
constexpr NamePair falcon_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attention.query_key_value.", "attn_qkv."}, {"self_attention.dense.", "attn_output."},
    {"mlp.dense_h_to_4h.", "ffn_up."}, {"mlp.dense_4h_to_h.", "ffn_down."}};

} // namespace

extern const Architecture falcon{"falcon", make_falcon,
    {.base = "transformer.",
        .blocks = "transformer.h.",
        .embedding = "transformer.word_embeddings.weight",
        .norm = "transformer.ln_f",
        .model_class = "FalconForCausalLM",
        .add_usual_fields = add_falcon_usual_fields,
        .gguf = {.architecture = "falcon",
            .outside = falcon_outside_names,
            .inside = falcon_block_names,
            .parts_groups = true,
            .add_fields = add_falcon_own_fields}}};

} // namespace lora
