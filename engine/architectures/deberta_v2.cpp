// DeBERTa-v2 and v3: BERT's blocks with disentangled attention to relative positions, one table of which all
// blocks share; a pooler with an activation of its own. Not the models with a convolution beside the first
// block (v2-xlarge and v2-xxlarge). Source: He et al. 2021, He et al. 2023; names and fields as Hugging
// Face's DebertaV2ForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"
#include "engine/blocks/disentangled_attention.h"
#include "engine/error.h"
#include "engine/kernels/fused_operators.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

NormSettings norm_settings(const ConfigFields& config) {
    return {.kind = NormSettings::Kind::Layer, .epsilon = config.number_or("layer_norm_eps", 1e-7)};
}

/// A list of words, or one word with them between bars; none where the field is null or not there.
std::vector<std::string> words_of(const ConfigFields& config, const char* key) {
    const Json* const found = config.find(key);
    if (found == nullptr || !found->is_string()) return config.strings(key);
    std::vector<std::string> words(1);
    for (const char letter : found->get<std::string>()) {
        if (letter == '|')
            words.emplace_back();
        else if (letter != ' ')
            words.back() += letter;
    }
    return words;
}

bool says(const ConfigFields& config, const char* key, const char* word) {
    const std::vector<std::string> words = words_of(config, key);
    return std::find(words.begin(), words.end(), word) != words.end();
}

void need_known(const ConfigFields& config, const char* key, std::initializer_list<const char*> known) {
    for (const std::string& word : words_of(config, key))
        if (std::find(known.begin(), known.end(), word) == known.end())
            fail(config.where() + ": " + key, "'" + shown(word, 60) + "'",
                *known.begin() + std::string(" or ") + *(known.begin() + 1));
}

/// −1 says that the model has none.
std::int64_t count_or_none(const ConfigFields& config, const char* key) {
    constexpr std::int64_t most_counted = std::int64_t{1} << 24;
    return std::max<std::int64_t>(config.integer_or(key, -1, -1, most_counted), 0);
}

/// Null: the blocks have no relative positions.
std::shared_ptr<RelativePositions> relative_positions_of(const ConfigFields& config, const Weights& weights) {
    need_known(config, "pos_att_type", {"c2p", "p2c"});
    need_known(config, "norm_rel_ebd", {"layer_norm", "none"});
    if (!config.boolean_or("relative_attention", false)) return nullptr;
    const std::int64_t width = config.size("hidden_size"),
                       buckets = count_or_none(config, "position_buckets");
    const std::int64_t told = count_or_none(config, "max_relative_positions");
    const std::int64_t farthest = told > 0 ? told : config.size_or("max_position_embeddings", 512);
    const std::int64_t span = buckets > 0 ? buckets : farthest;
    if (buckets > 0 && (buckets < 4 || farthest - 1 <= buckets / 2))
        fail(config.where() + ": position_buckets", std::to_string(buckets),
            "4 or more, less than twice the " + std::to_string(farthest) + " positions");
    const Place encoder{weights.at("deberta.encoder")};
    const std::string name = "rel_embeddings.weight";
    RelativePositions positions{.path = encoder.path_of(name),
        .weight = encoder.weights.tensor(name, {2 * span, width}),
        .span = span,
        .buckets = buckets,
        .farthest = farthest};
    if (says(config, "norm_rel_ebd", "layer_norm"))
        positions.norm = Norm(encoder, "LayerNorm", width, norm_settings(config));
    return std::make_shared<RelativePositions>(std::move(positions));
}

Block deberta_block(const ConfigFields& config, const Place& block, DisentangledSettings settings) {
    settings.probabilities = probabilities_dropout(config, block);
    settings.position_rows = relative_positions_dropout(config, block);
    const NormSettings norm = norm_settings(config);
    const std::int64_t width = settings.width;
    Block made;
    made.attention.whole = std::make_unique<DisentangledAttention>(block, std::move(settings));
    made.attention.dropout = attention_output_dropout(config, block);
    made.attention.after = Norm(block, "attention.output.LayerNorm", width, norm);
    made.attention.norms_sum = true;
    made.attention.phase = Phase::Attention;
    made.mlp = bert_feed_forward(config, block, norm);
    return made;
}

void refuse_other_shapes(const ConfigFields& config) {
    const std::int64_t width = config.size("hidden_size");
    if (count_or_none(config, "conv_kernel_size") > 0)
        fail(config.where() + ": conv_kernel_size", config.find("conv_kernel_size")->dump(), "0",
            "a convolution beside the first block is not supported; DeBERTa-v3 has none");
    config.only("embedding_size", width);
    config.only("pooler_hidden_size", width);
    config.only("attention_head_size", width / config.size("num_attention_heads"));
}

void add_tables(EncoderParts& parts, const ConfigFields& config, const Place& embeddings) {
    constexpr std::int64_t most_types = 1024;
    const std::int64_t width = config.size("hidden_size");
    parts.tables = {embedding_table(
        embeddings, "word_embeddings", EmbeddingTable::Row::Token, config.size("vocab_size"), width)};
    if (config.boolean_or("position_biased_input", true))
        parts.tables.push_back(embedding_table(
            embeddings, "position_embeddings", EmbeddingTable::Row::Position, parts.context_length, width));
    if (const std::int64_t types = config.integer_or("type_vocab_size", 0, 0, most_types); types > 0)
        parts.tables.push_back(
            embedding_table(embeddings, "token_type_embeddings", EmbeddingTable::Row::Type, types, width));
}

std::unique_ptr<Model> make_deberta_v2(
    const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    refuse_other_shapes(config);
    const Heads heads = config.heads();
    const DisentangledSettings settings{.width = config.size("hidden_size"),
        .heads = heads.count,
        .content_to_position = says(config, "pos_att_type", "c2p"),
        .position_to_content = says(config, "pos_att_type", "p2c"),
        .shares_projections = config.boolean_or("share_att_key", false),
        .positions = relative_positions_of(config, weights)};
    const Place embeddings{weights.at("deberta.embeddings")};
    EncoderParts parts{.weights = weights,
        .embeddings_norm = Norm(embeddings, "LayerNorm", settings.width, norm_settings(config)),
        .embeddings_dropout = embeddings_dropout(config),
        .width = settings.width,
        .context_length = config.size_or("max_position_embeddings", 512)};
    add_tables(parts, config, embeddings);
    for (const Place& block : block_places(config, weights))
        parts.blocks.each.push_back(deberta_block(config, block, settings));
    parts.classifier.labels = classes_of_config(config, weights.dialect());
    parts.classifier.problem = problem_of_config(config);
    parts.classifier.dense = "pooler.dense";
    parts.classifier.activation = [activation = config.activation("pooler_hidden_act", "gelu")](
                                      const at::Tensor& x) { return activated(x, activation); };
    parts.classifier.first_dropout = first_classifier_dropout(config.probability("pooler_dropout", 0));
    parts.classifier.dropout =
        classifier_dropout(config.probability("cls_dropout", config.probability("hidden_dropout_prob", 0.1)));
    return std::make_unique<Encoder>(std::move(parts));
}

} // namespace

extern const Architecture deberta_v2{"deberta-v2", make_deberta_v2,
    {.base = "deberta.",
        .blocks = "deberta.encoder.layer.",
        .embedding = "deberta.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = "DebertaV2ForSequenceClassification"}};

} // namespace lora
