// The BERT architecture: learned positions, LayerNorm after each branch of a block, attention in both
// directions, GELU; with a pooler and a classifier on the first token. Source: Devlin et al. 2019; names and
// config fields as Hugging Face's BertForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/blocks/activations.h"
#include "engine/blocks/encoder.h"
#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr const char* model_class = "BertForSequenceClassification";

// Class numbers to names, as Hugging Face's configurations have them; two classes where the file does not
// tell.
std::vector<std::string> labels_of(const JsonFields& fields) {
    constexpr std::size_t most = 1 << 16;
    const std::string where = fields.where() + ": id2label";
    const Json* names = fields.find("id2label");
    if (names == nullptr || names->is_null()) return {"LABEL_0", "LABEL_1"};
    if (!names->is_object() || names->empty() || names->size() > most)
        fail(where, shown(names->dump()), "an object of class numbers and names");
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < names->size(); ++i)
        labels.push_back(JsonFields(*names, where).string(std::to_string(i)));
    return labels;
}

bool has_classifier(const JsonFields& fields) {
    const Json* classes = fields.find("architectures");
    return classes != nullptr && classes->is_array()
           && std::any_of(
               classes->begin(), classes->end(), [](const Json& each) { return each == model_class; });
}

// The places where dropout acts, numbered so that each draws its own mask.
enum Number : std::uint64_t { Embeddings, Head, FirstBlock };
enum NumberInBlock : std::uint64_t { Probabilities, AttentionOutput, Output, PlacesOfABlock };

std::uint64_t number_in(const Place& block, NumberInBlock number) {
    return FirstBlock + static_cast<std::uint64_t>(block.layer) * PlacesOfABlock + number;
}

std::unique_ptr<Model> make(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    config.only("position_embedding_type", "absolute");
    config.only("is_decoder", false);
    const std::int64_t width = config.size("hidden_size"), inner = config.size("intermediate_size");
    const std::int64_t positions = config.size_or("max_position_embeddings", 512);
    const Heads heads = config.heads();
    const NormSettings norm{
        .kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-12)};
    const Activation activation = config.activation("hidden_act", "gelu");
    const double hidden_dropout = config.probability("hidden_dropout_prob", 0.1);
    const double attention_dropout = config.probability("attention_probs_dropout_prob", 0.1);
    const Place base{weights.at("bert")}, embeddings = base.at("embeddings");
    const auto table = [&](const char* name, EmbeddingTable::Row row, std::int64_t rows) {
        const std::string path = std::string(name) + ".weight";
        return EmbeddingTable{embeddings.path_of(path), row, embeddings.weights.tensor(path, {rows, width})};
    };
    EncoderParts parts{.weights = weights,
        .tables = {table("word_embeddings", EmbeddingTable::Row::Token, config.size("vocab_size")),
            table("position_embeddings", EmbeddingTable::Row::Position, positions),
            table("token_type_embeddings", EmbeddingTable::Row::First, config.size_or("type_vocab_size", 2))},
        .embeddings_norm = Norm(embeddings, "LayerNorm", width, norm),
        .embeddings_dropout = {hidden_dropout, Embeddings},
        .pooler = {base, width, {{"pooler.dense", width}}, true},
        .classifier_dropout = {config.probability("classifier_dropout", hidden_dropout), Head},
        .labels = has_classifier(config) ? labels_of(config) : std::vector<std::string>(),
        .context_length = positions};
    for (const Place& block : block_places(config, weights)) {
        AttentionSettings attention{
            .causal = false, .dropout = {attention_dropout, number_in(block, Probabilities)}};
        parts.blocks.each.push_back(
            {.attention = {.wide = {block.at("attention.self"), width,
                               {{"query", width}, {"key", width}, {"value", width}}, true},
                 .middle = std::make_unique<GroupedAttention>(heads, block.layer, std::move(attention)),
                 .last = {block, width, {{"attention.output.dense", width}}, true},
                 .dropout = {hidden_dropout, number_in(block, AttentionOutput)},
                 .after = Norm(block, "attention.output.LayerNorm", width, norm),
                 .norms_sum = true,
                 .phase = Phase::Attention},
                .mlp = {.wide = {block, width, {{"intermediate.dense", inner}}, true},
                    .middle = std::make_unique<ActivationAlone>(activation),
                    .last = {block, inner, {{"output.dense", width}}, true},
                    .dropout = {hidden_dropout, number_in(block, Output)},
                    .after = Norm(block, "output.LayerNorm", width, norm),
                    .norms_sum = true}});
    }
    return std::make_unique<Encoder>(std::move(parts));
}

// Endings of before 2020.
constexpr OldEnding old_endings[] = {
    {"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}};

} // namespace

extern const Architecture bert{"bert", make,
    {.base = "bert.",
        .blocks = "bert.encoder.layer.",
        .embedding = "bert.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = model_class,
        .old_endings = old_endings}};

} // namespace lora
