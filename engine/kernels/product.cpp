#include "engine/kernels/product.h"

#include "engine/kernels/elements.h"
#include "engine/kernels/fused.h"
#include "engine/machine/processor.h"
#include "engine/kernels/product_loops.h"
#include "engine/kernels/rows.h"
#include "engine/kernels/split_bfloat16.h"

#include <algorithm>
#include <atomic>
#include <type_traits>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#ifndef INTRA_OP_PARALLEL
#error "compiled without OpenMP: at::parallel_for would do everything on one thread"
#endif

namespace lora {

namespace {

/// Null where the processor has none.
template <class T>
const ProductLoops<T>* loops() {
#if defined(__x86_64__)
    if constexpr (std::is_same_v<T, float>)
        return has_avx512() ? &float_products_avx512() : nullptr;
    else
        return has_avx512_bf16() ? &bfloat16_products_avx512() : nullptr;
#else
    return nullptr;
#endif
}

bool fits(const at::Tensor& x, const at::Tensor& w, std::int64_t depth) {
    return x.is_cpu() && has_own_products(x.scalar_type()) && w.scalar_type() == x.scalar_type()
           && x.stride(1) == 1 && w.stride(1) == 1 && (x.scalar_type() == at::kFloat || depth % 2 == 0)
           && x.size(0) > 0;
}

std::vector<LowRankColumns> columns_of(const std::vector<LowRankPart>& parts) {
    std::vector<LowRankColumns> columns;
    for (const LowRankPart& part : parts)
        columns.push_back({.inner = part.inner.const_data_ptr<float>(),
            .factor = part.factor.const_data_ptr<float>(),
            .inner_stride = part.inner.stride(0),
            .factor_row_stride = part.factor.stride(0),
            .factor_column_stride = part.factor.stride(1),
            .scale = static_cast<float>(part.scale),
            .rank = part.factor.size(0),
            .offset = part.offset,
            .width = part.factor.size(1)});
    return columns;
}

/// Threads take the next panel, or piece of one, as they get free.
template <class T>
void share_out(const ProductTask<T>& task) {
    const ProductLoops<T>& kernels = *loops<T>();
    const std::int64_t threads = at::get_num_threads();
    const std::int64_t panels = (task.columns + product_panel_columns - 1) / product_panel_columns;
    constexpr std::int64_t enough_rows = 64; // to be worth packing a panel for
    const std::int64_t pieces = std::clamp<std::int64_t>(
        (3 * threads + panels - 1) / panels, 1, std::max<std::int64_t>(1, task.rows / enough_rows));
    const std::int64_t piece_rows =
        (task.rows / pieces + product_tile_rows) / product_tile_rows * product_tile_rows;
    const std::int64_t scratch = kernels.scratch_bytes(task, std::min(piece_rows, task.rows));
    const at::Tensor buffer = at::empty({threads, scratch}, at::kByte);
    auto* const memory = static_cast<char*>(buffer.mutable_data_ptr());
    const auto column_of = [&](std::int64_t piece) { return piece / pieces * product_panel_columns; };
    std::atomic<std::int64_t> next = 0;
    at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t i = next++; i < panels * pieces; i = next++) {
                const std::int64_t row = i % pieces * piece_rows, column = column_of(i);
                if (row >= task.rows) continue;
                // Of a panel that is in pieces, only the last ones fetch the next.
                const std::int64_t after = column_of(i + threads);
                kernels.multiply(task,
                    {row, std::min(piece_rows, task.rows - row), column,
                        after > column ? after : task.columns},
                    memory + thread * scratch);
            }
    });
}

template <class T>
void multiply(
    at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end, bool transposed) {
    const std::vector<LowRankColumns> parts = columns_of(end.parts);
    ProductTask<T> task{.x = elements<T>(x),
        .w = elements<T>(w),
        .bias = elements<T>(end.bias),
        .residual = elements<T>(end.residual),
        .parts = parts.data(),
        .part_count = static_cast<std::int64_t>(parts.size()),
        .rows = x.size(0),
        .depth = x.size(1),
        .columns = y.size(1),
        .x_stride = x.stride(0),
        .w_stride = w.stride(0),
        .y_stride = y.stride(0),
        .transposed = transposed};
    if (y.scalar_type() == x.scalar_type())
        task.y = elements<T>(y);
    else
        task.wide_y = elements<float>(y);
    share_out(task);
}

void multiply_any(
    at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end, bool transposed) {
    if (x.scalar_type() == at::kFloat)
        multiply<float>(y, x, w, end, transposed);
    else
        multiply<BFloat16>(y, x, w, end, transposed);
}

at::Tensor rows_of(std::int64_t rows, std::int64_t width, const at::Tensor& like) {
    return at::empty({rows, width}, like.options());
}

/// Whether x is bfloat16 that meets a narrow float32 factor in two.
bool takes_split(const at::Tensor& x) { return x.is_cuda() || fits(x, x, x.size(1)); }

/// to = x · factor in float32. halves: the factor in two, [2R, K], or [K, 2R] where `transposed`.
void multiply_split(at::Tensor& to, const at::Tensor& x, const at::Tensor& halves, bool transposed) {
    if (x.is_cuda()) return join_split(to, at::mm(x, transposed ? halves : halves.t(), at::kFloat), 1);
    at::Tensor both = at::empty({x.size(0), 2 * to.size(1)}, to.options());
    multiply<BFloat16>(both, x, halves, {}, transposed);
    join_split(to, both, 1);
}

void add_parts(at::Tensor& y, const std::vector<LowRankPart>& parts) {
    for (const LowRankPart& part : parts)
        add_low_rank(y, part.offset, part.inner, part.factor.contiguous(), part.scale);
}

constexpr std::int64_t widened_at_once = 1'000'000; // values of a weight: 4 MB

at::Tensor widened(const at::Tensor& narrow) { return narrow.to(at::kFloat); }

/// How much of a weight's long side is widened at a time, where its short one has so many values.
std::int64_t widened_step(std::int64_t length, std::int64_t short_side) {
    return std::clamp<std::int64_t>(widened_at_once / std::max<std::int64_t>(1, short_side), 1, length);
}

/// Columns `begin` to `begin + taken` of a product, with what is added to it, into y.
void put_columns(
    at::Tensor& y, at::Tensor& sums, const ProductEnd& end, std::int64_t begin, std::int64_t taken) {
    if (end.residual.defined()) sums.add_(end.residual.narrow(1, begin, taken));
    if (end.bias.defined()) sums.add_(end.bias.narrow(0, begin, taken));
    y.narrow(1, begin, taken).copy_(sums);
}

/// For a weight b that is as wide as a vocabulary: some of its columns at a time.
void multiply_widened_columns(
    at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    const std::int64_t columns = b.size(1), step = widened_step(columns, b.size(0));
    const at::Tensor wide = widened(a);
    const at::Tensor buffer = at::empty({y.size(0), step}, wide.options());
    for (std::int64_t begin = 0; begin < columns; begin += step) {
        const std::int64_t taken = std::min(step, columns - begin);
        at::Tensor sums = taken == step ? buffer : at::empty({y.size(0), taken}, buffer.options());
        at::mm_out(sums, wide, widened(b.narrow(1, begin, taken)));
        put_columns(y, sums, end, begin, taken);
    }
}

/// For a weight b, and rows of a, as deep as a vocabulary: some of that depth at a time.
void multiply_widened_depth(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    const std::int64_t depth = b.size(0), step = widened_step(depth, b.size(1));
    at::Tensor sums = at::empty({y.size(0), b.size(1)}, a.options().dtype(at::kFloat));
    for (std::int64_t begin = 0; begin < depth; begin += step) {
        const std::int64_t taken = std::min(step, depth - begin);
        sums.addmm_(
            widened(a.narrow(1, begin, taken)), widened(b.narrow(0, begin, taken)), begin == 0 ? 0 : 1);
    }
    put_columns(y, sums, end, 0, b.size(1));
}

/// a · b in float32, rounded once where no low-rank parts follow. No second copy of a weight, or of what is
/// as wide as a vocabulary, is made.
void multiply_widened(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    if (b.size(0) > b.size(1))
        multiply_widened_depth(y, a, b, end);
    else
        multiply_widened_columns(y, a, b, end);
    add_parts(y, end.parts);
}

/// a · b by ATen, with what is added to it.
void multiply_by_operators(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    if (aten_multiplies_slowly(a)) return multiply_widened(y, a, b, end);
    if (end.residual.defined())
        at::addmm_out(y, end.residual, a, b);
    else if (end.bias.defined())
        at::addmm_out(y, end.bias, a, b);
    else
        at::mm_out(y, a, b);
    add_parts(y, end.parts);
    if (end.residual.defined() && end.bias.defined()) y.add_(end.bias);
}

} // namespace

bool has_own_products(at::ScalarType type) {
    if (type == at::kFloat) return loops<float>() != nullptr;
    return type == at::kBFloat16 && loops<BFloat16>() != nullptr;
}

bool aten_multiplies_slowly(const at::Tensor& x) {
#if defined(__x86_64__)
    return x.is_cpu() && x.scalar_type() == at::kBFloat16 && !has_avx512() && x.numel() > x.size(-1);
#else
    return false;
#endif
}

void product_into(at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end) {
    if (fits(x, w, x.size(1))) return multiply_any(y, x, w, end, false);
    multiply_by_operators(y, x, w.t(), end);
}

at::Tensor product(const at::Tensor& x, const at::Tensor& w, const ProductEnd& end) {
    at::Tensor y = rows_of(x.size(0), w.size(0), x);
    product_into(y, x, w, end);
    return y;
}

void product_transposed_into(
    at::Tensor& dx, const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end) {
    if (fits(dy, w, dy.size(1))) return multiply_any(dx, dy, w, end, true);
    multiply_by_operators(dx, dy, w, end);
}

at::Tensor product_transposed(const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end) {
    at::Tensor dx = rows_of(dy.size(0), w.size(1), dy);
    product_transposed_into(dx, dy, w, end);
    return dx;
}

at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& a) {
    if (x.scalar_type() == at::kFloat) return product(x, a);
    at::Tensor inner = at::empty({x.size(0), a.size(0)}, a.options());
    if (takes_split(x))
        multiply_split(inner, x, split_bfloat16(a, 0), false);
    else
        at::mm_out(inner, x.to(at::kFloat), a.t());
    return inner;
}

void narrow_product_transposed_into(
    at::Tensor& d_inner, const at::Tensor& dy, const at::Tensor& b, double scale) {
    if (dy.scalar_type() == at::kFloat)
        at::mul_out(d_inner, product_transposed(dy, b), at::scalar_tensor(scale));
    else if (takes_split(dy))
        multiply_split(d_inner, dy, split_bfloat16(b, 1, scale), true);
    else
        at::mul_out(d_inner, dy.to(at::kFloat).mm(b), at::scalar_tensor(scale));
}

at::Tensor outer_product(const at::Tensor& s, const at::Tensor& y) {
    if (y.is_cuda() && y.scalar_type() == at::kBFloat16) {
        at::Tensor sums = at::empty({s.size(1), y.size(1)}, s.options());
        join_split(sums, at::mm(split_bfloat16(s, 1).t(), y, at::kFloat), 0);
        return sums;
    }
    if (!y.is_cpu()) return s.t().mm(y.to(at::kFloat));
    at::Tensor sums = at::empty({s.size(1), y.size(1)}, s.options());
    constexpr std::int64_t block = 96; // columns a thread takes at a time
    at::parallel_for(0, (y.size(1) + block - 1) / block, 1, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t column = begin * block;
        const std::int64_t width = std::min(end * block, y.size(1)) - column;
        const auto work = [&]<class T>(T) {
            row_kernels<T>().outer_product(elements<T>(y) + column, s.const_data_ptr<float>(),
                elements<float>(sums) + column, y.size(0), y.stride(0), s.stride(0), y.size(1), s.size(1),
                width);
        };
        if (y.scalar_type() == at::kFloat)
            work(float{});
        else
            work(BFloat16{});
    });
    return sums;
}

} // namespace lora
