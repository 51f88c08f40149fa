#include "engine/blocks/grouped_attention.h"

#include "engine/kernels/cached_attention.h"
#include "engine/kernels/fused.h"
#include "engine/models/attention.h"
#include "engine/models/grouped_rows.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Columns of the wide product through a norm, in their place.
void norm_columns(
    at::Tensor& wide, std::int64_t begin, std::int64_t width, const Norm& norm, Norm::Kept& kept) {
    if (!norm.is()) return;
    at::Tensor columns = wide.narrow(1, begin, width);
    const at::Tensor rows = columns.clone(at::MemoryFormat::Contiguous).view({-1, norm.width()}); // kept
    columns.copy_(norm.forward(rows, kept).view({-1, width}));
}

void norm_columns_backward(
    at::Tensor& d_wide, std::int64_t begin, std::int64_t width, const Norm& norm, const Norm::Kept& kept) {
    if (!norm.is()) return;
    at::Tensor columns = d_wide.narrow(1, begin, width);
    const at::Tensor rows = columns.contiguous().view({-1, norm.width()});
    columns.copy_(norm.backward(rows, kept, /*residual=*/{}).view({-1, width}));
}

// Of the queries, in their place, or of their gradients.
void grow(at::Tensor& wide, std::int64_t width, const RotaryTables& tables) {
    if (tables.growth.defined()) wide.narrow(1, 0, width).mul_(tables.growth.to(wide.scalar_type()));
}

} // namespace

GroupedAttention::GroupedAttention(const Heads& heads, std::int64_t layer, AttentionSettings settings)
    : heads_(heads), layer_(layer), settings_(std::move(settings)) {
    if (settings_.scale == 0) settings_.scale = 1 / std::sqrt(static_cast<double>(heads.size));
}

at::Tensor GroupedAttention::turned(const at::Tensor& x, const Norm& norm, const Trip& trip) const {
    const at::Tensor normed = (norm.is() ? norm.plain(x) : x).reshape({x.size(0), -1, heads_.size});
    return settings_.rotary ? settings_.rotary->rotate(normed, trip.tables.at(rotary())) : normed;
}

at::Tensor GroupedAttention::plain(
    const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const {
    const std::vector<std::int64_t> widths{heads_.queries(), heads_.keys(), heads_.keys()};
    const auto pieces = settings_.groups_rows ? in_pieces(
                            {groups_apart(outputs.front(), 1, heads_.count, heads_.kv_count)}, widths)
                                              : in_pieces(outputs, widths);
    const AttentionRule rule{.scale = settings_.scale,
        .softcap = settings_.softcap,
        .window = settings_.window,
        .causal = settings_.causal,
        .dropout = dropout_at(pass, settings_.dropout),
        .slopes = settings_.slopes.empty() ? at::Tensor()
                                           : at::tensor(at::ArrayRef<float>(settings_.slopes),
                                               pieces[0].options().dtype(at::kFloat)),
        .sinks = settings_.sinks};
    at::Tensor queries = turned(pieces[0], settings_.query_norm, trip);
    if (settings_.rotary)
        if (const at::Tensor& growth = trip.tables.at(rotary()).growth; growth.defined())
            queries = queries * growth.unsqueeze(-1).to(queries.scalar_type());
    return attention(queries, turned(pieces[1], settings_.key_norm, trip),
        pieces[2].reshape({pieces[2].size(0), heads_.kv_count, heads_.size}), trip.tokens, rule, pass.cache,
        layer_);
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

at::Tensor GroupedAttention::forward(Kept& kept, const Trip& trip, const Pass& pass) const {
    kept.shape = shape_of(trip, pass);
    if (settings_.groups_rows) kept.wide = groups_apart(kept.wide, 1, heads_.count, heads_.kv_count);
    norm_columns(kept.wide, 0, heads_.queries(), settings_.query_norm, kept.queries);
    norm_columns(kept.wide, heads_.queries(), heads_.keys(), settings_.key_norm, kept.keys);
    if (settings_.rotary) {
        kept.tables = trip.tables.at(rotary());
        fused_rotate(kept.wide, kept.tables.cos, kept.tables.sin, heads_.count + heads_.kv_count, heads_.size,
            1, settings_.rotary->pairs());
        grow(kept.wide, heads_.queries(), kept.tables);
    }
    if (pass.cache) return with_cache(kept.wide, kept.shape, *pass.cache);
    kept.attended = packed_attention(kept.wide, kept.shape);
    return kept.attended.y;
}

at::Tensor GroupedAttention::with_cache(
    const at::Tensor& wide, const AttentionShape& shape, KeyValueCache& cache) const {
    const auto piece = [&](std::int64_t begin) {
        return wide.narrow(1, begin, heads_.keys()).view({-1, heads_.kv_count, heads_.size});
    };
    const KeyValueCache::Layer& all =
        cache.append(layer_, piece(heads_.queries()), piece(heads_.queries() + heads_.keys()));
    if (cache.length == 0) return packed_attention(wide, shape).y;
    return cached_attention(wide, all.keys, all.values, cache.length + wide.size(0), shape);
}

at::Tensor GroupedAttention::backward(Kept& kept, const at::Tensor& dy) const {
    at::Tensor d_wide = packed_attention_backward(kept.wide, kept.attended, dy, kept.shape);
    if (settings_.rotary) {
        grow(d_wide, heads_.queries(), kept.tables);
        fused_rotate(d_wide, kept.tables.cos, kept.tables.sin, heads_.count + heads_.kv_count, heads_.size,
            -1, settings_.rotary->pairs());
    }
    norm_columns_backward(d_wide, 0, heads_.queries(), settings_.query_norm, kept.queries);
    norm_columns_backward(d_wide, heads_.queries(), heads_.keys(), settings_.key_norm, kept.keys);
    if (settings_.groups_rows) return in_groups(d_wide, 1, heads_.count, heads_.kv_count);
    return d_wide;
}

bool GroupedAttention::runs_fused(const at::Tensor& like) const {
    if (settings_.sinks.defined()) return false;
    AttentionShape shape = shape_of({}, {});
    if (settings_.dropout.p > 0) shape.dropout = bits_of({settings_.dropout.p, 0});
    return has_packed_attention(like, shape);
}

std::int64_t GroupedAttention::kept_values() const {
    const std::int64_t before_norms =
        (settings_.query_norm.is() ? heads_.queries() : 0) + (settings_.key_norm.is() ? heads_.keys() : 0);
    return heads_.queries() + before_norms;
}

void GroupedAttention::name_parameters(std::vector<NamedParameter>& all) {
    settings_.query_norm.name_parameters(all);
    settings_.key_norm.name_parameters(all);
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
}

} // namespace lora
