// DistilBERT: BERT's blocks under names of their own, without token types and without a pooler; the linear
// before the classifier is a module of its own. Source: Sanh et al. 2019; names and fields as Hugging Face's
// DistilBertForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"
#include "engine/blocks/activations.h"
#include "engine/blocks/grouped_attention.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

Block distilbert_block(
    const ConfigFields& config, const Place& place, const Heads& heads, const NormSettings& norm) {
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const Place attention = place.at("attention"), mlp = place.at("ffn");
    AttentionSettings settings{
        .causal = false, .dropout = config.attention_dropout(place.layer, "attention_dropout", 0.1)};
    const Activation activation = config.activation("activation", "gelu");
    return {.attention = {.wide = {attention, width, {{"q_lin", width}, {"k_lin", width}, {"v_lin", width}},
                              true},
                .middle = std::make_unique<GroupedAttention>(heads, place.layer, std::move(settings)),
                .last = {attention, width, {{"out_lin", width}}, true},
                .after = Norm(place, "sa_layer_norm", width, norm),
                .norms_sum = true,
                .phase = Phase::Attention},
        .mlp = {.wide = {mlp, width, {{"lin1", inner}}, true},
            .middle = std::make_unique<ActivationAlone>(activation),
            .last = {mlp, inner, {{"lin2", width}}, true},
            .dropout = config.output_dropout(place.layer, Half::Mlp, "dropout", 0.1),
            .after = Norm(place, "output_layer_norm", width, norm),
            .norms_sum = true}};
}

std::unique_ptr<Model> make_distilbert(
    const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    const std::int64_t width = config.size("hidden_size");
    const std::int64_t positions = config.size_or("max_position_embeddings", 512);
    const NormSettings norm{.kind = NormSettings::Kind::Layer, .epsilon = 1e-12};
    const Place embeddings{weights.at("distilbert.embeddings")};
    EncoderParts parts{.weights = weights,
        .tables = {embedding_table(embeddings, "word_embeddings", EmbeddingTable::Row::Token,
                       config.size("vocab_size"), width),
            embedding_table(
                embeddings, "position_embeddings", EmbeddingTable::Row::Position, positions, width)},
        .embeddings_norm = Norm(embeddings, "LayerNorm", width, norm),
        .embeddings_dropout = config.embedding_dropout("dropout", 0.1)};
    const Heads heads = config.heads();
    for (const Place& place : block_places(config, weights))
        parts.blocks.each.push_back(distilbert_block(config, place, heads, norm));
    parts.classifier.dense = "pre_classifier";
    parts.classifier.trains_dense = true; // PEFT takes it for a classifier by the end of its name
    parts.classifier.activation = [](const at::Tensor& x) { return at::relu(x); };
    parts.classifier.dropout = first_classifier_dropout(config.probability("seq_classif_dropout", 0.2));
    parts.classifier.labels = classes_of_config(config, weights.dialect());
    parts.classifier.problem = problem_of_config(config);
    parts.width = width;
    parts.context_length = positions;
    return std::make_unique<Encoder>(std::move(parts));
}

void add_usual_distilbert_fields(Json& config) {
    add_fields_as(config, {{"dim", "hidden_size"}, {"n_layers", "num_hidden_layers"},
                              {"n_heads", "num_attention_heads"}, {"hidden_dim", "intermediate_size"}});
}

} // namespace

extern const Architecture distilbert{"distilbert", make_distilbert,
    {.base = "distilbert.",
        .blocks = "distilbert.transformer.layer.",
        .embedding = "distilbert.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = "DistilBertForSequenceClassification",
        .add_usual_fields = add_usual_distilbert_fields}};

} // namespace lora
