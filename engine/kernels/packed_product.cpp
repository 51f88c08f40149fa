// Products with weights that may be packed. Declared in product.h.

#include "engine/kernels/fused.h"
#include "engine/kernels/product.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::int64_t tile_values = 2'000'000;
constexpr std::int64_t fewest_columns = 128; // of a tile, below which a product gets slow

/// What is added to columns [begin, begin + count) of a product.
ProductEnd end_of_columns(const ProductEnd& end, std::int64_t begin, std::int64_t count) {
    ProductEnd own;
    if (end.bias.defined()) own.bias = end.bias.narrow(0, begin, count);
    if (end.residual.defined()) own.residual = end.residual.narrow(1, begin, count);
    for (const LowRankPart& part : end.parts) {
        const std::int64_t from = std::max(begin, part.offset);
        const std::int64_t to = std::min(begin + count, part.offset + part.factor.size(1));
        if (from < to)
            own.parts.push_back(
                {part.inner, part.factor.narrow(1, from - part.offset, to - from), from - begin, part.scale});
    }
    return own;
}

/// Bias and residual to the sums of some columns, and these into y.
void put_sums(at::Tensor y, at::Tensor sums, const ProductEnd& end) {
    if (end.residual.defined()) sums.add_(end.residual);
    if (end.bias.defined()) sums.add_(end.bias);
    y.copy_(sums);
}

void add_updates(at::Tensor& y, const ProductEnd& end) {
    for (const LowRankPart& part : end.parts)
        add_low_rank(y, part.offset, part.inner, part.factor.contiguous(), part.scale);
}

/// The tile of the weight that makes `count` columns of the product from column `begin` on: rows of the
/// weight or, where the product is with the weight itself, columns.
WeightTile tile_at(const FrozenWeight& w, bool transposed, std::int64_t begin, std::int64_t count) {
    return transposed ? WeightTile{0, w.rows(), begin, count} : WeightTile{begin, count, 0, w.columns()};
}

/// Columns of the product that a tile makes.
std::int64_t columns_at_once(const FrozenWeight& w, bool transposed) {
    const std::int64_t all = transposed ? w.columns() : w.rows(), depth = transposed ? w.rows() : w.columns();
    const std::int64_t unit = transposed ? largest_block(w) : 1;
    const std::int64_t wanted = std::max(fewest_columns, tile_values / std::max<std::int64_t>(1, depth));
    return std::min(all, (wanted + unit - 1) / unit * unit);
}

/// y = x · wᵀ, or x · w where `transposed`, tile by tile.
void multiply_tiles(
    at::Tensor& y, const at::Tensor& x, const FrozenWeight& w, const ProductEnd& end, bool transposed) {
    // What the loops ask of x (and of bfloat16 pairs), so that each tile goes through them with all that is
    // added.
    const bool own = has_own_products(x.scalar_type()) && x.stride(1) == 1
                     && (x.scalar_type() == at::kFloat || x.size(1) % 2 == 0);
    const at::Tensor in = own ? x : x.to(at::kFloat);
    const std::int64_t columns = y.size(1), step = columns_at_once(w, transposed);
    const at::Tensor buffer = at::empty({step * x.size(1)}, in.options());
    for (std::int64_t begin = 0; begin < columns; begin += step) {
        const std::int64_t count = std::min(step, columns - begin);
        const at::Tensor tile = unpacked_tile(w, tile_at(w, transposed, begin, count), buffer);
        at::Tensor some = y.narrow(1, begin, count);
        const ProductEnd own_end = end_of_columns(end, begin, count);
        if (!own)
            put_sums(some, in.mm(transposed ? tile : tile.t()), own_end);
        else if (transposed)
            product_transposed_into(some, x, tile, own_end);
        else
            product_into(some, x, tile, own_end);
    }
    if (!own) add_updates(y, end);
}

} // namespace

bool are_few_rows(const at::Tensor& x, const FrozenWeight& w) {
    const bool known = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
    return x.is_cpu() && known && x.dim() == 2 && x.size(0) <= (w.is_packed() ? 8 : 4)
           && w.type() == x.scalar_type();
}

void product_into(at::Tensor& y, const at::Tensor& x, const FrozenWeight& w, const ProductEnd& end) {
    if (are_few_rows(x, w)) {
        put_sums(y, few_rows_product(x, w), end);
        return add_updates(y, end);
    }
    if (w.is_packed()) return multiply_tiles(y, x, w, end, false);
    product_into(y, x, w.plain, end);
}

at::Tensor product(const at::Tensor& x, const FrozenWeight& w, const ProductEnd& end) {
    at::Tensor y = at::empty({x.size(0), w.rows()}, x.options());
    product_into(y, x, w, end);
    return y;
}

void product_transposed_into(
    at::Tensor& dx, const at::Tensor& dy, const FrozenWeight& w, const ProductEnd& end) {
    if (w.is_packed()) return multiply_tiles(dx, dy, w, end, true);
    product_transposed_into(dx, dy, w.plain, end);
}

at::Tensor product_transposed(const at::Tensor& dy, const FrozenWeight& w, const ProductEnd& end) {
    at::Tensor dx = at::empty({dy.size(0), w.columns()}, dy.options());
    product_transposed_into(dx, dy, w, end);
    return dx;
}

} // namespace lora
