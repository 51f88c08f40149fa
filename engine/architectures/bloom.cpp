// BLOOM: LayerNorm, of the embedding too, biases, an MLP without a gate, one linear for queries, keys and
// values in which each head has its own together, a tied head; scores fall with the distance in the place of
// positions. Source: Workshop et al. 2022; names and fields as Hugging Face's BloomForCausalLM has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"

#include <bit>
#include <cmath>
#include <vector>

namespace lora {

namespace {

constexpr std::int64_t trained_length =
    2048; // of all published models; transformers' configuration has no field

/// Powers of one base for as many heads as the largest power of two among them; the other heads have the odd
/// powers of the base that twice as many would have. Source: Press et al. 2022.
std::vector<float> slopes_of(std::int64_t heads) {
    const auto first = static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(heads)));
    const auto power = [](std::int64_t count, std::int64_t exponent) {
        return static_cast<float>(
            std::exp2(-8.0 * static_cast<double>(exponent) / static_cast<double>(count)));
    };
    std::vector<float> slopes;
    for (std::int64_t head = 0; head < first; ++head) slopes.push_back(power(first, head + 1));
    for (std::int64_t head = first; head < heads; ++head)
        slopes.push_back(power(2 * first, 2 * (head - first) + 1));
    return slopes;
}

std::unique_ptr<Model> make_bloom(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    config.only("apply_residual_connection_post_layernorm", false);
    const std::int64_t width = config.size("hidden_size"), inner = 4 * width;
    const Heads heads = config.heads();
    const std::vector<float> slopes = slopes_of(heads.count);
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_epsilon", 1e-5)};
    DecoderParts parts = decoder_parts(config, weights, norm, {.tied = true});
    parts.embedding_norm = Norm({weights}, "transformer.word_embeddings_layernorm", width, norm);
    for (const Place& block : block_places(config, weights)) {
        const Place attention = block.at("self_attention"), mlp = block.at("mlp");
        parts.blocks.each.push_back(
            {.attention = {.before = Norm(block, "input_layernorm", width, norm),
                 .wide = {attention, width, {{"query_key_value", 3 * width}}, true},
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer,
                     AttentionSettings{.slopes = slopes,
                         .groups_rows = true,
                         .dropout = config.attention_dropout(block.layer)}),
                 .last = {attention, width, {{"dense", width}}, true},
                 .dropout = config.output_dropout(block.layer, Half::Attention, "hidden_dropout"),
                 .phase = Phase::Attention},
                .mlp = {.before = Norm(block, "post_attention_layernorm", width, norm),
                    .wide = {mlp, width, {{"dense_h_to_4h", inner}}, true},
                    .middle = std::make_unique<ActivationAlone>(Activation::GeluTanh),
                    .last = {mlp, inner, {{"dense_4h_to_h", width}}, true},
                    .dropout = config.output_dropout(block.layer, Half::Mlp, "hidden_dropout")}});
    }
    return std::make_unique<Decoder>(std::move(parts));
}

// seq_length stands in the published configurations alone. (pretraining_tp and slow_but_exact say in which
// order sums were rounded.)
void add_bloom_usual_fields(Json& config) {
    add_fields_as(config, {{"n_embed", "hidden_size"}, {"n_layer", "num_hidden_layers"},
                              {"n_head", "num_attention_heads"}, {"seq_length", "max_position_embeddings"}});
    if (!config.contains("max_position_embeddings")) config["max_position_embeddings"] = trained_length;
}

void add_bloom_own_fields(Json& config, const GgufFile& /*file*/) {
    add_fields_as(config, {{"layer_norm_eps", "layer_norm_epsilon"}});
}

constexpr NamePair bloom_outside_names[] = {{"transformer.word_embeddings_layernorm.", "token_embd_norm."},
    {"transformer.word_embeddings.", "token_embd."}, {"transformer.ln_f.", "output_norm."},
    {"lm_head.", "output."}};
constexpr NamePair bloom_block_names[] = {{"input_layernorm.", "attn_norm."},
    {"self_attention.query_key_value.", "attn_qkv."}, {"self_attention.dense.", "attn_output."},
    {"post_attention_layernorm.", "ffn_norm."}, {"mlp.dense_h_to_4h.", "ffn_up."},
    {"mlp.dense_4h_to_h.", "ffn_down."}};

} // namespace

extern const Architecture bloom{"bloom", make_bloom,
    {.base = "transformer.",
        .blocks = "transformer.h.",
        .embedding = "transformer.word_embeddings.weight",
        .norm = "transformer.ln_f",
        .model_class = "BloomForCausalLM",
        .add_usual_fields = add_bloom_usual_fields,
        .gguf = {.architecture = "bloom",
            .outside = bloom_outside_names,
            .inside = bloom_block_names,
            .parts_groups = true,
            .has_rotary = false,
            .add_fields = add_bloom_own_fields}}};

} // namespace lora
