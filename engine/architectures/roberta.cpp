// RoBERTa and XLM-RoBERTa: BERT's blocks without a pooler, positions that begin after the padding token's
// number, and a classifier of two linears. Source: Liu et al. 2019, Conneau et al. 2020; names and fields as
// Hugging Face's RobertaForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"

#include <limits>

#include <ATen/ATen.h>

namespace lora {

namespace {

std::unique_ptr<Model> make_roberta(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    const std::int64_t padding =
        config.integer_or("pad_token_id", 1, 0, std::numeric_limits<std::int32_t>::max());
    EncoderParts parts = bert_parts(config, weights, {.padding = padding});
    add_two_layer_classifier(parts, config, [](const at::Tensor& x) { return at::tanh(x); });
    return std::make_unique<Encoder>(std::move(parts));
}

constexpr Dialect roberta_dialect(std::string_view model_class) {
    return {.base = "roberta.",
        .blocks = "roberta.encoder.layer.",
        .embedding = "roberta.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = model_class};
}

} // namespace

extern const Architecture roberta{
    "roberta", make_roberta, roberta_dialect("RobertaForSequenceClassification")};
extern const Architecture xlm_roberta{
    "xlm-roberta", make_roberta, roberta_dialect("XLMRobertaForSequenceClassification")};

} // namespace lora
