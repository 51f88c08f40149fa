#include "engine/blocks/encoder.h"

#include "engine/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Positions from padding + 1 on, [N], by the tokens of each sample that are no padding.
at::Tensor counted_positions(const PackedTokens& tokens, std::int64_t padding) {
    const at::Tensor counts = tokens.ids.ne(padding).to(at::kLong);
    const at::Tensor sums = counts.cumsum(0);
    const at::Tensor samples = tokens.positions.eq(0).to(at::kLong).cumsum(0) - 1;
    const at::Tensor firsts = tokens.starts.narrow(0, 0, tokens.starts.size(0) - 1);
    const at::Tensor before = (sums - counts).index_select(0, firsts).index_select(0, samples);
    return (sums - before) * counts + padding;
}

// One row for all where no text has a pair.
at::Tensor type_rows(const EmbeddingTable& table, const PackedTokens& tokens) {
    if (!tokens.types.defined()) return table.weight[0];
    if (table.weight.size(0) < 2)
        fail("a pair of sentences", "tokens of two types", "one type: the model has no second one",
            "is the tokenizer another model's?");
    return at::embedding(table.weight, tokens.types);
}

at::Tensor rows_of(const EmbeddingTable& table, const PackedTokens& tokens) {
    if (table.row == EmbeddingTable::Row::Type) return type_rows(table, tokens);
    if (table.row == EmbeddingTable::Row::Token) return at::embedding(table.weight, tokens.ids);
    return at::embedding(
        table.weight, table.padding ? counted_positions(tokens, *table.padding) : tokens.positions);
}

} // namespace

Encoder::Encoder(EncoderParts parts)
    : parts_(std::move(parts)), classifier_(parts_.classifier, parts_.weights, parts_.width) {
    parts_.weights.check();
    parameters_replaced();
}

void Encoder::parameters_replaced() {
    if (parts_.projection) parts_.projection->join();
    parts_.blocks.join();
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
    const at::Tensor x = parts_.blocks.forward(embedded(tokens, pass), tokens, rows, pass);
    return parts_.norm.is() ? parts_.norm.plain(x) : x;
}

at::Tensor Encoder::embedded(const PackedTokens& tokens, const Pass& pass) const {
    at::Tensor sum; // [N, D]
    for (const EmbeddingTable& table : parts_.tables) {
        const at::Tensor added = rows_of(table, tokens);
        sum = sum.defined() ? sum + added : added;
    }
    const at::Tensor x =
        dropped(parts_.embeddings_norm.plain(sum), dropout_at(pass, parts_.embeddings_dropout));
    return parts_.projection ? parts_.projection->first().forward(x, pass) : x;
}

at::Tensor Encoder::logits(const at::Tensor& hidden, const Pass& pass) const {
    return classifier_.logits(hidden, pass);
}

std::vector<NamedLinear> Encoder::named_linears() {
    std::vector<NamedLinear> linears;
    if (parts_.projection) parts_.projection->name_linears(linears);
    parts_.blocks.name_linears(linears);
    classifier_.name_linears(linears);
    return linears;
}

std::vector<NamedParameter> Encoder::named_parameters() {
    std::vector<NamedParameter> all;
    for (EmbeddingTable& table : parts_.tables) all.push_back({table.path, -1, &table.weight});
    parts_.embeddings_norm.name_parameters(all);
    parts_.blocks.name_parameters(all);
    parts_.norm.name_parameters(all);
    classifier_.name_parameters(all);
    for (const NamedLinear& named : named_linears())
        named.linear->name_parameters(named.path, named.layer, all);
    return all;
}

} // namespace lora
