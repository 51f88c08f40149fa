#include "engine/kernels/own_product.h"

#include "engine/kernels/elements.h"
#include "engine/kernels/product_loops.h"
#include "engine/machine/processor.h"

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <vector>

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

} // namespace

bool has_own_products(at::ScalarType type) {
    if (type == at::kFloat) return loops<float>() != nullptr;
    return type == at::kBFloat16 && loops<BFloat16>() != nullptr;
}

bool fits_own_product(const at::Tensor& x, const at::Tensor& w, std::int64_t depth) {
    return x.is_cpu() && has_own_products(x.scalar_type()) && w.scalar_type() == x.scalar_type()
           && x.stride(1) == 1 && w.stride(1) == 1 && (x.scalar_type() == at::kFloat || depth % 2 == 0)
           && x.size(0) > 0;
}

void multiply_own(
    at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end, bool transposed) {
    if (x.scalar_type() == at::kFloat)
        multiply<float>(y, x, w, end, transposed);
    else
        multiply<BFloat16>(y, x, w, end, transposed);
}

} // namespace lora
