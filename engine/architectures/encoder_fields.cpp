#include "engine/architectures/encoder_fields.h"

#include "engine/blocks/activations.h"
#include "engine/blocks/grouped_attention.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

// The places where dropout acts, numbered so that each draws its own mask.
enum Number : std::uint64_t { Embeddings, Head, FirstBlock };
enum NumberInBlock : std::uint64_t { Probabilities, AttentionOutput, Output, PlacesOfABlock };
constexpr std::uint64_t first_of_head = std::uint64_t{1} << 32, relative_positions = std::uint64_t{1} << 33;

std::uint64_t number_in(const Place& block, NumberInBlock number) {
    return FirstBlock + static_cast<std::uint64_t>(block.layer) * PlacesOfABlock + number;
}

Block bert_block(
    const ConfigFields& config, const Place& block, const Heads& heads, const NormSettings& norm) {
    const std::int64_t width = config.size("hidden_size");
    AttentionSettings attention{.causal = false, .dropout = probabilities_dropout(config, block)};
    const DropoutPlace dropout = attention_output_dropout(config, block);
    ResidualBranch feed_forward = bert_feed_forward(config, block, norm);
    return {.attention = {.wide = {block.at("attention.self"), width,
                              {{"query", width}, {"key", width}, {"value", width}}, true},
                .middle = std::make_unique<GroupedAttention>(heads, block.layer, std::move(attention)),
                .last = {block, width, {{"attention.output.dense", width}}, true},
                .dropout = dropout,
                .after = Norm(block, "attention.output.LayerNorm", width, norm),
                .norms_sum = true,
                .phase = Phase::Attention},
        .mlp = std::move(feed_forward)};
}

} // namespace

std::vector<std::string> classes_of_config(const ConfigFields& config, const Dialect& dialect) {
    constexpr std::size_t most = 1 << 16;
    const Json* classes = config.find("architectures");
    if (classes == nullptr || !classes->is_array()
        || std::find(classes->begin(), classes->end(), Json(std::string(dialect.model_class)))
               == classes->end())
        return {};
    const std::string where = config.where() + ": id2label";
    const Json* names = config.find("id2label");
    if (names == nullptr || names->is_null()) return {"LABEL_0", "LABEL_1"};
    if (!names->is_object() || names->empty() || names->size() > most)
        fail(where, shown(names->dump()), "an object of class numbers and names");
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < names->size(); ++i)
        labels.push_back(JsonFields(*names, where).string(std::to_string(i)));
    return labels;
}

Problem problem_of_config(const ConfigFields& config) {
    const std::string word = config.string_or("problem_type", "");
    const Problem problem = problem_of(word);
    if (!word.empty() && problem == Problem::Unsaid)
        fail(config.where() + ": problem_type", "'" + shown(word, 60) + "'",
            "single_label_classification, multi_label_classification or regression");
    return problem;
}

EmbeddingTable embedding_table(const Place& embeddings, const std::string& name, EmbeddingTable::Row row,
    std::int64_t rows, std::int64_t width) {
    const std::string path = name + ".weight";
    return {.path = embeddings.path_of(path),
        .row = row,
        .weight = embeddings.weights.tensor(path, {rows, width})};
}

DropoutPlace embeddings_dropout(const ConfigFields& config) {
    return {config.probability("hidden_dropout_prob", 0.1), Embeddings};
}
DropoutPlace probabilities_dropout(const ConfigFields& config, const Place& block) {
    return {config.probability("attention_probs_dropout_prob", 0.1), number_in(block, Probabilities)};
}
DropoutPlace attention_output_dropout(const ConfigFields& config, const Place& block) {
    return {config.probability("hidden_dropout_prob", 0.1), number_in(block, AttentionOutput)};
}
DropoutPlace relative_positions_dropout(const ConfigFields& config, const Place& block) {
    return {config.probability("hidden_dropout_prob", 0.1),
        relative_positions + static_cast<std::uint64_t>(block.layer)};
}

ResidualBranch bert_feed_forward(const ConfigFields& config, const Place& block, const NormSettings& norm) {
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    // What may be refused is read first: g++ 12 destroys parts of a braced value twice where a later one
    // throws.
    const DropoutPlace dropout{config.probability("hidden_dropout_prob", 0.1), number_in(block, Output)};
    auto activation = std::make_unique<ActivationAlone>(config.activation("hidden_act", "gelu"));
    return {.wide = {block, width, {{"intermediate.dense", inner}}, true},
        .middle = std::move(activation),
        .last = {block, inner, {{"output.dense", width}}, true},
        .dropout = dropout,
        .after = Norm(block, "output.LayerNorm", width, norm),
        .norms_sum = true};
}

DropoutPlace classifier_dropout(double p) { return {p, Head}; }
DropoutPlace first_classifier_dropout(double p) { return {p, first_of_head}; }

EncoderParts bert_parts(const ConfigFields& config, const Weights& weights, const BertSettings& settings) {
    config.only("position_embedding_type", "absolute");
    config.only("is_decoder", false);
    const std::int64_t width = config.size("hidden_size");
    const std::int64_t row = settings.embedding_size > 0 ? settings.embedding_size : width;
    const std::int64_t positions = config.size_or("max_position_embeddings", 512);
    const std::int64_t first = settings.padding ? *settings.padding + 1 : 0;
    if (positions <= first)
        fail(config.where() + ": max_position_embeddings", std::to_string(positions),
            "more than the " + std::to_string(first) + " before the first token's");
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-12)};
    const std::string base(weights.dialect().base.substr(0, weights.dialect().base.size() - 1));
    const Place embeddings{weights.at(base).at("embeddings")};
    EncoderParts parts{.weights = weights,
        .tables = {embedding_table(embeddings, "word_embeddings", EmbeddingTable::Row::Token,
                       config.size("vocab_size"), row),
            embedding_table(embeddings, "position_embeddings", EmbeddingTable::Row::Position, positions, row),
            embedding_table(embeddings, "token_type_embeddings", EmbeddingTable::Row::Type,
                config.size_or("type_vocab_size", 2), row)},
        .embeddings_norm = Norm(embeddings, "LayerNorm", row, norm),
        .embeddings_dropout = embeddings_dropout(config)};
    parts.tables[1].padding = settings.padding;
    if (row != width)
        parts.projection =
            WideLinear(Place{weights.at(base)}, row, {{"embeddings_project", width}}, /*bias=*/true);
    const Heads heads = config.heads();
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(bert_block(config, block, heads, norm));
    parts.classifier.labels = classes_of_config(config, weights.dialect());
    parts.classifier.problem = problem_of_config(config);
    parts.width = width;
    parts.context_length = positions - first;
    return parts;
}

void add_two_layer_classifier(
    EncoderParts& parts, const ConfigFields& config, at::Tensor (*activation)(const at::Tensor&)) {
    const double dropout =
        config.probability("classifier_dropout", config.probability("hidden_dropout_prob", 0.1));
    parts.classifier.dense = "classifier.dense";
    parts.classifier.activation = activation;
    parts.classifier.trains_dense = true;
    parts.classifier.last = "classifier.out_proj";
    parts.classifier.first_dropout = first_classifier_dropout(dropout);
    parts.classifier.dropout = classifier_dropout(dropout);
}

} // namespace lora
