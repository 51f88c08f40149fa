#pragma once
// One thread's part of a product with a frozen weight, for product.h: the weight is packed panel by panel on
// the way, so that it lies in memory once, plain, and serves forward and backward. For AVX-512 processors.

#include "engine/kernels/bfloat16.h"

#include <cstdint>

namespace lora {

/// A low-rank part of a product's columns: y[:, offset + c] += scale · Σ_j inner[:, j] · factor[j, c], in
/// float32.
struct LowRankColumns {
    const float* inner = nullptr;  ///< [rows, rank], rows `inner_stride` apart
    const float* factor = nullptr; ///< [rank, width]
    std::int64_t inner_stride = 0;
    std::int64_t factor_row_stride = 0;
    std::int64_t factor_column_stride = 0;
    float scale = 1;
    std::int64_t rank = 0;
    std::int64_t offset = 0;
    std::int64_t width = 0;
};

/// y [rows, columns] = x [rows, depth] · W + bias + residual + low-rank parts.
template <class T>
struct ProductTask {
    const T* x = nullptr;
    const T* w = nullptr; ///< [columns, depth], or [depth, columns] where `transposed`
    T* y = nullptr;       ///< one of y and wide_y
    float* wide_y = nullptr;
    const T* bias = nullptr;     ///< [columns] or null
    const T* residual = nullptr; ///< [rows, columns], rows y_stride apart, or null
    const LowRankColumns* parts = nullptr;
    std::int64_t part_count = 0;
    std::int64_t rows = 0;
    std::int64_t depth = 0; ///< even for bfloat16
    std::int64_t columns = 0;
    std::int64_t x_stride = 0;
    std::int64_t w_stride = 0;
    std::int64_t y_stride = 0;
    bool transposed = false;
};

/// The rows [row, row + rows) of the panel of columns from `column` on.
struct ProductPanel {
    std::int64_t row = 0;
    std::int64_t rows = 0;
    std::int64_t column = 0;
    /// The panel that the thread will likely take next, whose weight is fetched meanwhile; beyond the
    /// columns: none.
    std::int64_t next_column = 0;
};

template <class T>
struct ProductLoops {
    /// Bytes of scratch that `rows` rows of a task need, aligned to 64.
    std::int64_t (*scratch_bytes)(const ProductTask<T>& task, std::int64_t rows);
    void (*multiply)(const ProductTask<T>& task, const ProductPanel& panel, void* scratch);
};

/// Columns of a panel: what threads should share out in multiples of.
constexpr std::int64_t product_panel_columns = 48;
/// Rows of a tile.
constexpr std::int64_t product_tile_rows = 8;

const ProductLoops<float>& float_products_avx512();
const ProductLoops<BFloat16>& bfloat16_products_avx512();

} // namespace lora
