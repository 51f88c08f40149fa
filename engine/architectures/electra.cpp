// ELECTRA's discriminator: BERT's blocks without a pooler, embeddings that may be narrower than the blocks,
// and a classifier of two linears. Source: Clark et al. 2020; names and fields as Hugging Face's
// ElectraForSequenceClassification has them.

#include "engine/architectures/architecture.h"
#include "engine/architectures/encoder_fields.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

std::unique_ptr<Model> make_electra(const Json& json, const Weights& weights, const at::Device& /*device*/) {
    const ConfigFields config(json, weights.config_file());
    EncoderParts parts =
        bert_parts(config, weights, {.embedding_size = config.size_or("embedding_size", 128)});
    add_two_layer_classifier(parts, config, [](const at::Tensor& x) { return at::gelu(x); });
    return std::make_unique<Encoder>(std::move(parts));
}

} // namespace

extern const Architecture electra{"electra", make_electra,
    {.base = "electra.",
        .blocks = "electra.encoder.layer.",
        .embedding = "electra.embeddings.word_embeddings.weight",
        .head = {},
        .classifier = "classifier",
        .model_class = "ElectraForSequenceClassification"}};

} // namespace lora
