#include "engine/blocks/grouped_attention.h"

#include "engine/models/attention.h"
#include "engine/models/grouped_rows.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

GroupedAttention::GroupedAttention(const Heads& heads, std::int64_t layer, AttentionSettings settings)
    : heads_(heads), layer_(layer), settings_(std::move(settings)) {
    if (settings_.scale == 0) settings_.scale = 1 / std::sqrt(static_cast<double>(heads.size));
}

at::Tensor GroupedAttention::turned(const at::Tensor& x, const Norm& norm, const Trip& trip) const {
    const at::Tensor normed = (norm.is() ? norm.plain(x) : x).reshape({x.size(0), -1, heads_.size});
    return settings_.rotary ? settings_.rotary->rotate(normed, trip.tables.at(rotary())) : normed;
}

GroupedAttention::Pieces GroupedAttention::pieces_of(
    const std::vector<at::Tensor>& outputs, const Trip& trip) const {
    const auto in_heads = [&](const at::Tensor& x) { return x.reshape({x.size(0), -1, heads_.size}); };
    if (settings_.borrows()) {
        const auto given = outputs[1].chunk(2, 1);
        return {outputs[0], in_heads(given[0]), in_heads(given[1])};
    }
    std::vector<std::int64_t> widths{heads_.queries(), heads_.keys()};
    if (!settings_.keys_are_values) widths.push_back(heads_.keys());
    const auto pieces = settings_.groups_rows ? in_pieces(
                            {groups_apart(outputs.front(), 1, heads_.count, heads_.kv_count)}, widths)
                                              : in_pieces(outputs, widths);
    const at::Tensor& values = pieces.back();
    return {pieces[0], turned(pieces[1], settings_.key_norm, trip),
        in_heads(settings_.value_norm.is() ? settings_.value_norm.plain(values) : values)};
}

at::Tensor GroupedAttention::plain(
    const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const {
    const Pieces pieces = pieces_of(outputs, trip);
    const AttentionRule rule{.scale = settings_.scale,
        .softcap = settings_.softcap,
        .window = settings_.window,
        .causal = settings_.causal,
        .dropout = dropout_at(pass, settings_.dropout),
        .slopes = settings_.slopes.empty() ? at::Tensor()
                                           : at::tensor(at::ArrayRef<float>(settings_.slopes),
                                               pieces.queries.options().dtype(at::kFloat)),
        .sinks = settings_.sinks};
    at::Tensor queries = turned(pieces.queries, settings_.query_norm, trip);
    if (settings_.rotary)
        if (const at::Tensor& growth = trip.tables.at(rotary()).growth; growth.defined())
            queries = queries * growth.unsqueeze(-1).to(queries.scalar_type());
    // What is borrowed comes into the lender's cache once more, where it is.
    return attention(queries, pieces.keys, pieces.values, trip.tokens, rule, pass.cache, cache_layer());
}

at::Tensor GroupedAttention::lent(const std::vector<at::Tensor>& outputs, const Trip& trip) const {
    const Pieces pieces = pieces_of(outputs, trip);
    return at::cat({pieces.keys.flatten(1), pieces.values.flatten(1)}, 1);
}

AttentionShape GroupedAttention::shape_of(const Trip& trip, const Pass& pass) const {
    return {.heads = heads_.count,
        .kv_heads = heads_.kv_count,
        .head_size = heads_.size,
        .lengths = trip.tokens.lengths,
        .causal = settings_.causal,
        .starts = trip.tokens.starts,
        .dropout = bits_of(dropout_at(pass, settings_.dropout)),
        .longest = trip.tokens.longest,
        .scale = settings_.scale,
        .softcap = settings_.softcap,
        .window = settings_.window,
        .slopes = settings_.slopes};
}

bool GroupedAttention::runs_fused(const at::Tensor& like) const {
    if (settings_.sinks.defined()) return false;
    AttentionShape shape = shape_of({}, {});
    if (settings_.dropout.p > 0) shape.dropout = bits_of({settings_.dropout.p, 0});
    return has_packed_attention(like, shape);
}

std::int64_t GroupedAttention::kept_values() const {
    const std::int64_t before_norms = (settings_.query_norm.is() ? heads_.queries() : 0)
                                      + (settings_.key_norm.is() ? heads_.keys() : 0)
                                      + (settings_.value_norm.is() ? heads_.keys() : 0);
    const std::int64_t values = settings_.keys_are_values ? heads_.keys() : 0; // beside the wide product
    return heads_.queries() + before_norms + values;
}

void GroupedAttention::name_parameters(std::vector<NamedParameter>& all) {
    settings_.query_norm.name_parameters(all);
    settings_.key_norm.name_parameters(all);
    settings_.value_norm.name_parameters(all);
    if (settings_.sinks.defined()) all.push_back({settings_.sinks_path, layer_, &settings_.sinks});
}

void GroupedAttention::add_traits(std::vector<Trait>& all, const std::string& place) const {
    all.push_back({place + "heads", std::to_string(heads_.count) + " on " + std::to_string(heads_.kv_count)
                                        + " of " + std::to_string(heads_.size)});
    all.push_back({place + "rotary positions", settings_.rotary ? settings_.rotary->trait() : "none"});
    all.push_back({place + "scale of the scores", trait_text(settings_.scale)});
    all.push_back({place + "cap of the scores", trait_text(settings_.softcap)});
    all.push_back({place + "slopes", trait_text({settings_.slopes.begin(), settings_.slopes.end()})});
    all.push_back({place + window_trait, std::to_string(settings_.window)});
    all.push_back({place + "sight", settings_.causal ? "backwards" : "both ways"});
    all.push_back({place + "norm of queries", settings_.query_norm.trait()});
    all.push_back({place + "norm of keys", settings_.key_norm.trait()});
    all.push_back({place + "norm of values", settings_.value_norm.trait()});
    all.push_back({place + "values", settings_.keys_are_values ? "the keys' product" : "their own product"});
    if (settings_.borrows())
        all.push_back({place + "keys and values", "of block " + std::to_string(settings_.lender)});
}

} // namespace lora
