#pragma once
// config.json's fields as encoders have them, and BERT's embeddings and blocks, which RoBERTa and ELECTRA
// have too.

#include "engine/architectures/config_fields.h"
#include "engine/blocks/encoder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// The names of a checkpoint's classes: id2label where `architectures` says that it is the dialect's class
/// with a classifier, LABEL_0 and LABEL_1 where it has none; empty for every other checkpoint.
std::vector<std::string> classes_of_config(const ConfigFields& config, const Dialect& dialect);

/// What problem_type says; Unsaid where it is not there. Throws Error for another word.
Problem problem_of_config(const ConfigFields& config);

/// A table of a model's embeddings; `width` is a row's.
EmbeddingTable embedding_table(const Place& embeddings, const std::string& name, EmbeddingTable::Row row,
    std::int64_t rows, std::int64_t width);

/// Where a classifier's two dropouts act, with numbers that no block's has.
DropoutPlace classifier_dropout(double p);
DropoutPlace first_classifier_dropout(double p);

/// Where a model drops its embeddings (hidden_dropout_prob), a block's attention probabilities
/// (attention_probs_dropout_prob) and its output (hidden_dropout_prob), and a table of relative positions
/// that it reads.
DropoutPlace probabilities_dropout(const ConfigFields& config, const Place& block);
DropoutPlace embeddings_dropout(const ConfigFields& config);
DropoutPlace attention_output_dropout(const ConfigFields& config, const Place& block);
DropoutPlace relative_positions_dropout(const ConfigFields& config, const Place& block);

/// A block's second half as BERT has it: intermediate.dense, output.dense, output.LayerNorm of the sum.
ResidualBranch bert_feed_forward(const ConfigFields& config, const Place& block, const NormSettings& norm);

struct BertSettings {
    std::int64_t embedding_size = 0;          ///< of a row of the tables; 0: hidden_size
    std::optional<std::int64_t> padding = {}; ///< see EmbeddingTable::padding, of the positions
};

/// Everything but the classifier, of which the classes alone are told. Throws Error for fields that make it
/// another model.
EncoderParts bert_parts(
    const ConfigFields& config, const Weights& weights, const BertSettings& settings = {});

/// classifier.dense and classifier.out_proj with a dropout before each, as RoBERTa and ELECTRA have them.
void add_two_layer_classifier(
    EncoderParts& parts, const ConfigFields& config, at::Tensor (*activation)(const at::Tensor&));

} // namespace lora
