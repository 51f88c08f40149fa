#include "engine/blocks/encoder.h"

#include "engine/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

Encoder::Encoder(EncoderParts parts) : parts_(std::move(parts)) {
    own_classifier_ = classifier_ = own_classifier();
    parts_.weights.check();
    parts_.blocks.join();
}

// In float32, as a head that is trained is: it is small beside the model.
Linear Encoder::own_classifier() const {
    const auto classes = static_cast<std::int64_t>(parts_.labels.size());
    if (classes == 0) return {};
    const Weights head = parts_.weights.at(std::string(parts_.weights.dialect().classifier));
    const at::Tensor weight = head.optional_tensor("weight", {classes, tokens().size(1)});
    const at::Tensor bias = head.optional_tensor("bias", {classes});
    if (!weight.defined() || !bias.defined()) return {};
    return Linear(weight.to(at::kFloat), bias.to(at::kFloat));
}

void Encoder::set_head(const Linear& head) {
    if (head.frozen().defined() && head.in() != tokens().size(1))
        fail("classifier.weight", "a width of " + std::to_string(head.in()),
            "the model's " + std::to_string(tokens().size(1)), "was it trained on another model?");
    classifier_ = head.frozen().defined() ? head : own_classifier_;
}

bool Encoder::runs_fused(const Pass& pass) const { return parts_.blocks.runs_fused(tokens(), pass); }

at::Tensor Encoder::hidden(const PackedTokens& tokens, const Pass& pass) const {
    return hidden_at(tokens, /*rows=*/{}, pass);
}

at::Tensor Encoder::hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    if (tokens.longest > parts_.context_length)
        fail("a sample", std::to_string(tokens.longest) + " tokens",
            "at most the model's " + std::to_string(parts_.context_length) + " positions",
            "choose a smaller {data.max_length}");
    return parts_.blocks.forward(embedded(tokens, pass), tokens, rows, pass);
}

at::Tensor Encoder::embedded(const PackedTokens& tokens, const Pass& pass) const {
    at::Tensor sum; // [N, D]
    for (const EmbeddingTable& table : parts_.tables) {
        const at::Tensor added =
            table.row == EmbeddingTable::Row::First
                ? table.weight[0]
                : at::embedding(
                    table.weight, table.row == EmbeddingTable::Row::Token ? tokens.ids : tokens.positions);
        sum = sum.defined() ? sum + added : added;
    }
    return dropped(parts_.embeddings_norm.plain(sum), dropout_at(pass, parts_.embeddings_dropout));
}

at::Tensor Encoder::logits(const at::Tensor& hidden, const Pass& pass) const {
    if (!classifier_.frozen().defined())
        fail("the model", "no classifier", "one, from an adapter that was trained on labels",
            "train one, or give its --adapter");
    const at::Tensor pooled = at::tanh(parts_.pooler.first().forward(hidden, pass));
    const at::Tensor kept = dropped(pooled, dropout_at(pass, parts_.classifier_dropout));
    return classifier_.forward(kept.to(classifier_.frozen().type()), pass);
}

std::vector<NamedLinear> Encoder::named_linears() {
    std::vector<NamedLinear> linears;
    parts_.blocks.name_linears(linears);
    parts_.pooler.name_linears(linears);
    return linears;
}

std::vector<NamedParameter> Encoder::named_parameters() {
    std::vector<NamedParameter> all;
    for (EmbeddingTable& table : parts_.tables) all.push_back({table.path, -1, &table.weight});
    parts_.embeddings_norm.name_parameters(all);
    parts_.blocks.name_parameters(all);
    for (const NamedLinear& named : named_linears())
        named.linear->name_parameters(named.path, named.layer, all);
    return all;
}

} // namespace lora
