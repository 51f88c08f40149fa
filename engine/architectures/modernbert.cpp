// ModernBERT: an encoder with a norm of each half's input, rotary positions, a gate, and in most layers a
// window on both sides; a dense linear, a norm and a classifier on the first token. Source: Warner et al.
// 2024; names and fields as Hugging Face's ModernBertForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"
#include "engine/blocks/activations.h"
#include "engine/blocks/grouped_attention.h"
#include "engine/kernels/fused_operators.h"

#include <utility>

namespace lora {

namespace {

/// Of its layers with a window and of those without.
struct TwoRotaries {
    std::shared_ptr<const Rotary> near, far;

    TwoRotaries(const ConfigFields& config, std::int64_t head_size, const at::Device& device) {
        const RotaryConfig local{.rope_theta = config.positive_or("local_rope_theta", 10000)},
            global{.rope_theta = config.positive_or("global_rope_theta", 160000)};
        near = std::make_shared<const Rotary>(
            RotaryConfig::from_json(config, "sliding_attention", local), head_size, at::Tensor(), device);
        far = std::make_shared<const Rotary>(
            RotaryConfig::from_json(config, "full_attention", global), head_size, at::Tensor(), device);
    }
};

Block modernbert_block(
    const ConfigFields& config, const Place& place, const Heads& heads, AttentionSettings settings) {
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const bool attention_bias = config.boolean_or("attention_bias", false),
               mlp_bias = config.boolean_or("mlp_bias", false);
    const NormSettings norm{.kind = NormSettings::Kind::Layer,
        .epsilon = config.number_or("norm_eps", 1e-5),
        .bias = config.boolean_or("norm_bias", false)};
    const Place attention = place.at("attn"), mlp = place.at("mlp");
    settings.causal = false;
    settings.dropout = config.attention_dropout(place.layer);
    Norm before; // the embeddings' norm is the first block's
    if (place.layer > 0) before = Norm(place, "attn_norm", width, norm);
    const Activation activation = config.activation("hidden_activation", "gelu");
    return {.attention = {.before = before,
                .wide = {attention, width, {{"Wqkv", 3 * width}}, attention_bias},
                .middle = std::make_unique<GroupedAttention>(heads, place.layer, std::move(settings)),
                .last = {attention, width, {{"Wo", width}}, attention_bias},
                .dropout = config.output_dropout(place.layer, Half::Attention, "attention_dropout"),
                .phase = Phase::Attention},
        .mlp = {.before = Norm(place, "mlp_norm", width, norm),
            .wide = {mlp, width, {{"Wi", 2 * inner}}, mlp_bias},
            .middle = std::make_unique<Gate>(activation),
            .last = {mlp, inner, {{"Wo", width}}, mlp_bias}}};
}

ClassifierParts modernbert_classifier(const ConfigFields& config, const Weights& weights, const Norm& norm) {
    const Activation activation = config.activation("classifier_activation", "gelu");
    return {.dense = "head.dense",
        .activation = [activation](const at::Tensor& x) { return activated(x, activation); },
        .dense_bias = config.boolean_or("classifier_bias", false),
        .norm = norm,
        .dropout = first_classifier_dropout(config.probability("classifier_dropout", 0)),
        .labels = classes_of_config(config, weights.dialect()),
        .problem = problem_of_config(config)};
}

std::unique_ptr<Model> make_modernbert(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("classifier_pooling", "cls");
    config.only("mlp_dropout", 0);
    config.only("rope_scaling", nullptr);
    const std::int64_t width = config.size("hidden_size");
    const NormSettings norm{.kind = NormSettings::Kind::Layer,
        .epsilon = config.number_or("norm_eps", 1e-5),
        .bias = config.boolean_or("norm_bias", false)};
    const Place embeddings{weights.at("model.embeddings")};
    EncoderParts parts{.weights = weights,
        .tables = {embedding_table(
            embeddings, "tok_embeddings", EmbeddingTable::Row::Token, config.size("vocab_size"), width)},
        .embeddings_norm = Norm(embeddings, "norm", width, norm),
        .embeddings_dropout = config.embedding_dropout("embedding_dropout")};
    const Heads heads = config.heads();
    const TwoRotaries rotaries(config, heads.size, device);
    const std::int64_t every = config.size_or("global_attn_every_n_layers", 3);
    const std::int64_t side = config.size_or("local_attention", 128) / 2; // and the token itself
    const auto windows = config.windows(side + 1, [&](std::int64_t layer) { return layer % every != 0; });
    for (const Place& place : block_places(config, weights)) {
        const std::int64_t window = windows[static_cast<std::size_t>(place.layer)];
        parts.blocks.each.push_back(modernbert_block(
            config, place, heads, {.rotary = window > 0 ? rotaries.near : rotaries.far, .window = window}));
    }
    parts.norm = Norm(Place{weights.at("model")}, "final_norm", width, norm);
    parts.classifier = modernbert_classifier(
        config, weights, Norm::new_where_missing(Place{weights.at("head")}, "norm", width, norm));
    parts.width = width;
    parts.context_length = config.size_or("max_position_embeddings", 8192);
    return std::make_unique<Encoder>(std::move(parts));
}

} // namespace

extern const Architecture modernbert{"modernbert", make_modernbert,
    {.blocks = "model.layers.",
        .embedding = "model.embeddings.tok_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = "ModernBertForSequenceClassification"}};

} // namespace lora
