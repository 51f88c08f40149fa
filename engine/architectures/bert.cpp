// The BERT architecture: learned positions, LayerNorm after each branch of a block, attention in both
// directions, GELU; with a pooler and a classifier on the first token. Source: Devlin et al. 2019; names and
// config fields as Hugging Face's BertForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

std::unique_ptr<Model> make_bert(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    EncoderParts parts = bert_parts(config, weights);
    parts.classifier.dense = "bert.pooler.dense";
    parts.classifier.activation = [](const at::Tensor& x) { return at::tanh(x); };
    parts.classifier.dropout = classifier_dropout(
        config.probability("classifier_dropout", config.probability("hidden_dropout_prob", 0.1)));
    return std::make_unique<Encoder>(std::move(parts));
}

// Endings of before 2020.
constexpr OldEnding bert_endings[] = {
    {"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}};

} // namespace

extern const Architecture bert{"bert", make_bert,
    {.base = "bert.",
        .blocks = "bert.encoder.layer.",
        .embedding = "bert.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = "BertForSequenceClassification",
        .old_endings = bert_endings}};

} // namespace lora
