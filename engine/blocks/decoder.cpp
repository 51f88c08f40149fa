#include "engine/blocks/decoder.h"

#include "engine/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

Decoder::Decoder(DecoderParts parts) : parts_(std::move(parts)), tied_(!parts_.head.frozen().defined()) {
    parts_.weights.check();
    parameters_replaced();
}

bool Decoder::runs_fused(const Pass& pass) const {
    const FrozenWeight& embedding = parts_.embedding;
    return parts_.blocks.runs_fused(
        at::empty({0}, at::TensorOptions(embedding.type()).device(embedding.device())), pass);
}

at::Tensor Decoder::hidden(const PackedTokens& tokens, const Pass& pass) const {
    return hidden_at(tokens, /*rows=*/{}, pass);
}

at::Tensor Decoder::hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    const at::Tensor first = embedded(tokens, pass);
    std::vector<at::Tensor> layer_inputs;
    if (parts_.layer_inputs) layer_inputs = parts_.layer_inputs->of(first, tokens.ids, pass);
    const at::Tensor x = parts_.blocks.forward(first, tokens, rows, pass, layer_inputs);
    if (pass.cache) pass.cache->length += tokens.ids.size(0);
    return parts_.norm.plain(x);
}

at::Tensor Decoder::embedded(const PackedTokens& tokens, const Pass& pass) const {
    at::Tensor x = embedding_rows_ ? embedding_rows_->at(parts_.embedding, tokens.ids, pass)
                                   : parts_.embedding.at(tokens.ids); // [N] → [N, D]
    if (parts_.embedding_multiplier != 1) // rounded to the model's type first, as it was trained
        x = x * at::full({}, parts_.embedding_multiplier, x.options());
    if (const LearnedPositions& positions = parts_.positions; positions.weight.defined()) {
        if (tokens.longest > parts_.context_length)
            fail("a sample", std::to_string(tokens.longest) + " tokens",
                "at most the model's " + std::to_string(parts_.context_length) + " positions",
                "choose a smaller {data.max_length}");
        x = x + at::embedding(positions.weight, tokens.positions + positions.offset);
    }
    if (parts_.embedding_norm.is()) x = parts_.embedding_norm.plain(x);
    return dropped(x, dropout_at(pass, parts_.embedding_dropout));
}

std::vector<NamedLinear> Decoder::named_linears() {
    std::vector<NamedLinear> linears;
    if (parts_.layer_inputs) parts_.layer_inputs->name_linears(linears);
    parts_.blocks.name_linears(linears);
    if (!tied_) linears.push_back({std::string(parts_.weights.dialect().head), -1, &parts_.head});
    return linears;
}

std::vector<NamedParameter> Decoder::named_parameters() {
    std::vector<NamedParameter> all{
        named_weight(std::string(parts_.weights.dialect().embedding), -1, parts_.embedding)};
    if (parts_.positions.weight.defined())
        all.push_back({parts_.positions.path, -1, &parts_.positions.weight});
    parts_.embedding_norm.name_parameters(all);
    if (parts_.layer_inputs) parts_.layer_inputs->name_parameters(all);
    parts_.blocks.name_parameters(all);
    parts_.norm.name_parameters(all);
    for (const NamedLinear& named : named_linears())
        named.linear->name_parameters(named.path, named.layer, all);
    return all;
}

std::int64_t Decoder::kept_values() const {
    return parts_.blocks.kept_values() + (parts_.layer_inputs ? parts_.layer_inputs->kept_values() : 0);
}

void Decoder::parameters_replaced() {
    parts_.blocks.join();
    if (tied_) parts_.head = Linear(parts_.embedding);
}

void Decoder::set_token_rows(const std::optional<TokenRows>& rows) {
    std::optional<ReplacedRows> of_embedding, of_head;
    if (rows) {
        of_embedding.emplace(parts_.embedding, rows->ids, rows->embedding);
        if (parts_.layer_inputs && of_embedding->rows() > parts_.layer_inputs->vocabulary())
            throw Error("token rows: this model has a second embedding, for the inputs of its layers, which "
                        "has no place for new tokens");
        if (parts_.head.bias().defined())
            throw Error("token rows: this model's head has a bias, which has no place for new tokens");
        if (tied_ && rows->head.defined() && !at::equal(rows->head, rows->embedding))
            throw Error("token rows: the adapter's rows of the head are not those of the embedding, to which "
                        "this model's head is tied");
        if (tied_)
            of_head.emplace(parts_.embedding, rows->ids, rows->embedding);
        else if (rows->head.defined())
            of_head.emplace(parts_.head.frozen(), rows->ids, rows->head);
        else if (of_embedding->rows() > parts_.embedding.rows())
            throw Error("token rows: the head has weights of its own, and the adapter no rows of it for its "
                        "new tokens");
    }
    embedding_rows_ = std::move(of_embedding);
    head_rows_ = std::move(of_head);
}

TokenRows Decoder::first_token_rows(const std::vector<std::int64_t>& ids) const {
    TokenRows rows{.ids = ids, .embedding = first_rows(parts_.embedding, ids)};
    if (!tied_) rows.head = first_rows(parts_.head.frozen(), ids);
    return rows;
}

std::vector<Trait> Decoder::traits() const {
    std::vector<Trait> all{{"the embedding's multiplier", trait_text(parts_.embedding_multiplier)},
        {"the embedding's norm", parts_.embedding_norm.trait()},
        {"inputs of layers", parts_.layer_inputs ? parts_.layer_inputs->trait() : "none"},
        {"learned positions",
            parts_.positions.weight.defined() ? "behind " + std::to_string(parts_.positions.offset) : "none"},
        {"the last norm", parts_.norm.trait()}, {head_trait, tied_ ? "the embedding" : "its own"},
        {"the logits' scale", trait_text(parts_.logit_end.scale)},
        {"the logits' cap", trait_text(parts_.logit_end.softcap)},
        {"positions", std::to_string(parts_.context_length)}};
    for (std::size_t i = 0; i < parts_.blocks.each.size(); ++i)
        parts_.blocks.each[i].add_traits(all, "block " + std::to_string(i) + ": ");
    return all;
}

} // namespace lora
