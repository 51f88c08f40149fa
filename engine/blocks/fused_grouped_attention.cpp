// Grouped attention between fused products: norms and rotary positions in the rows of the wide product, then
// the kernels (engine/kernels), and back. Equal to the plain operators of grouped_attention.cpp up to
// rounding (tests/architectures).

#include "engine/blocks/grouped_attention.h"
#include "engine/kernels/cached_attention.h"
#include "engine/kernels/fused.h"
#include "engine/models/grouped_rows.h"

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

at::Tensor GroupedAttention::forward(Kept& kept, const Trip& trip, const Pass& pass) const {
    kept.shape = shape_of(trip, pass);
    if (settings_.groups_rows) kept.wide = groups_apart(kept.wide, 1, heads_.count, heads_.kv_count);
    if (settings_.keys_are_values)
        kept.wide = at::cat({kept.wide, kept.wide.narrow(1, heads_.queries(), heads_.keys())}, 1);
    norm_columns(kept.wide, 0, heads_.queries(), settings_.query_norm, kept.queries);
    norm_columns(kept.wide, heads_.queries(), heads_.keys(), settings_.key_norm, kept.keys);
    norm_columns(
        kept.wide, heads_.queries() + heads_.keys(), heads_.keys(), settings_.value_norm, kept.values);
    if (settings_.rotary) {
        kept.tables = trip.tables.at(rotary());
        fused_rotate(kept.wide, kept.tables.cos, kept.tables.sin, turned_heads(), heads_.size, 1,
            settings_.rotary->pairs());
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
    // What is borrowed comes into the lender's cache once more, where it is.
    const KeyValueCache::Layer& all =
        cache.append(cache_layer(), piece(heads_.queries()), piece(heads_.queries() + heads_.keys()));
    if (cache.length == 0) return packed_attention(wide, shape).y;
    return cached_attention(wide, all.keys, all.values, cache.length + wide.size(0), shape);
}

at::Tensor GroupedAttention::lent(const Kept& kept) const {
    return kept.wide.narrow(1, heads_.queries(), 2 * heads_.keys()).clone(at::MemoryFormat::Contiguous);
}

at::Tensor GroupedAttention::backward(Kept& kept, const at::Tensor& dy) const {
    at::Tensor d_wide = packed_attention_backward(kept.wide, kept.attended, dy, kept.shape);
    if (kept.d_lent.defined()) d_wide.narrow(1, heads_.queries(), 2 * heads_.keys()).add_(kept.d_lent);
    if (settings_.rotary) {
        grow(d_wide, heads_.queries(), kept.tables);
        fused_rotate(d_wide, kept.tables.cos, kept.tables.sin, turned_heads(), heads_.size, -1,
            settings_.rotary->pairs());
    }
    norm_columns_backward(d_wide, 0, heads_.queries(), settings_.query_norm, kept.queries);
    norm_columns_backward(d_wide, heads_.queries(), heads_.keys(), settings_.key_norm, kept.keys);
    const std::int64_t values = heads_.queries() + heads_.keys();
    norm_columns_backward(d_wide, values, heads_.keys(), settings_.value_norm, kept.values);
    if (settings_.keys_are_values) {
        d_wide.narrow(1, heads_.queries(), heads_.keys()).add_(d_wide.narrow(1, values, heads_.keys()));
        return d_wide.narrow(1, 0, values).contiguous();
    }
    if (settings_.groups_rows) return in_groups(d_wide, 1, heads_.count, heads_.kv_count);
    return d_wide;
}

} // namespace lora
