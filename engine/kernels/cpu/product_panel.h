#pragma once
// The loops of product_loops.h over Lane<T>, which lane_float.h or lane_bfloat16.h says: what 32 bits hold. A
// tile of 8 rows and 48 columns, of the last panel maybe 32 or 16, stays in registers while the depth goes
// by; the weight comes from a packed panel. Each source file gets its own copy.

#include "engine/kernels/cpu/fetch_ahead.h"
#include "engine/kernels/product_loops.h"

#include <algorithm>

#include <immintrin.h>

namespace lora {

namespace {

inline constexpr std::int64_t lanes = 16;
inline constexpr std::int64_t panel_columns = product_panel_columns;
// Steps of depth whose panel stays in the second-level cache beside the rows that pass by.
inline constexpr std::int64_t panel_steps = 1536;
// Most steps that one register adds up alone. A single chain over a depth of 1536 has five times the error of
// sums of short ones, enough to be seen in a deep model's logits.
inline constexpr std::int64_t chain_steps = 192;

inline std::int64_t chains_of(std::int64_t steps) { return (steps + chain_steps - 1) / chain_steps; }

/// What lies in 32 bits of a packed panel: `Type::per_step` values of the depth.
template <class T>
std::int64_t steps_of(std::int64_t depth) {
    return depth / Lane<T>::per_step;
}

// 16 × 16 values of 32 bits, rows to columns.
[[gnu::always_inline]] inline void transpose(__m512i (&v)[16]) {
    __m512i t[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 4)
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
            v[i + 2 * half] = _mm512_unpacklo_epi64(t[i + half], t[i + 2 + half]);
            v[i + 2 * half + 1] = _mm512_unpackhi_epi64(t[i + half], t[i + 2 + half]);
        }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        t[i] = _mm512_shuffle_i32x4(v[i], v[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(v[i], v[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(v[i + 8], v[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(v[i + 8], v[i + 12], 0xdd);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        v[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        v[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
        v[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        v[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

inline __mmask16 first(std::int64_t count) {
    return static_cast<__mmask16>(count >= lanes ? 0xffff : count <= 0 ? 0 : (1 << count) - 1);
}

// Rows of w become columns of the panel: [steps][48]. Those from `columns` up to `width` become zero.
template <class T>
void pack_rows(const T* w, std::int64_t stride, std::int64_t steps, std::int64_t columns,
    std::uint32_t* panel, std::int64_t width = panel_columns) {
    for (std::int64_t column = 0; column < width; column += lanes)
        for (std::int64_t step = 0; step < steps; step += lanes) {
            const __mmask16 inside = first(steps - step);
            __m512i block[16];
            for (std::int64_t i = 0; i < lanes; ++i)
                block[i] = column + i < columns ? _mm512_maskz_loadu_epi32(
                               inside, w + (column + i) * stride + step * Lane<T>::per_step)
                                                : _mm512_setzero_si512();
            transpose(block);
            for (std::int64_t i = 0; i < std::min(lanes, steps - step); ++i)
                _mm512_store_si512(panel + (step + i) * panel_columns + column, block[i]);
        }
}

// Rows of w are steps of the panel.
template <class T>
void pack_columns(const T* w, std::int64_t stride, std::int64_t steps, std::int64_t columns,
    std::uint32_t* panel, std::int64_t width = panel_columns) {
    for (std::int64_t step = 0; step < steps; ++step, w += stride * Lane<T>::per_step, panel += panel_columns)
        for (std::int64_t column = 0; column < width; column += lanes)
            _mm512_store_si512(
                panel + column, Lane<T>::step_of_rows(w + column, stride, first(columns - column)));
}

/// Where a tile's sums go, and what is added to them on the way.
template <class T>
struct TileEnd {
    const ProductTask<T>* task;
    const float* factors;           // [count][48]
    const std::int64_t* inner_part; // which part each factor row belongs to
    const std::int64_t* inner_column;
    std::int64_t count;
    std::int64_t column;
};

template <class T, int rows, int vectors>
[[gnu::always_inline]] inline void finish(
    __m512 (&sums)[rows][vectors], const TileEnd<T>& end, std::int64_t row) {
    const ProductTask<T>& task = *end.task;
    for (std::int64_t j = 0; j < end.count; ++j) {
        const LowRankColumns& part = task.parts[end.inner_part[j]];
        const float* inner = part.inner + row * part.inner_stride + end.inner_column[j];
        const float* factor = end.factors + j * panel_columns;
        __m512 f[vectors];
#pragma GCC unroll 3
        for (int v = 0; v < vectors; ++v) f[v] = _mm512_load_ps(factor + v * lanes);
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i) {
            const __m512 value = _mm512_set1_ps(inner[i * part.inner_stride]);
#pragma GCC unroll 3
            for (int v = 0; v < vectors; ++v) sums[i][v] = _mm512_fmadd_ps(value, f[v], sums[i][v]);
        }
    }
#pragma GCC unroll 3
    for (int v = 0; v < vectors; ++v) {
        const std::int64_t column = end.column + v * lanes;
        const __mmask16 inside = first(task.columns - column);
        const __m512 bias =
            task.bias != nullptr ? Lane<T>::load(task.bias + column, inside) : _mm512_setzero_ps();
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i) {
            const std::int64_t at = (row + i) * task.y_stride + column;
            __m512 sum = _mm512_add_ps(sums[i][v], bias);
            if (task.residual != nullptr) sum = _mm512_add_ps(sum, Lane<T>::load(task.residual + at, inside));
            if (task.wide_y != nullptr)
                _mm512_mask_storeu_ps(task.wide_y + at, inside, sum);
            else
                Lane<T>::store(task.y + at, inside, sum);
        }
    }
}

template <int rows, int vectors>
[[gnu::always_inline]] inline void add_to(__m512 (&sums)[rows][vectors], const float* partial) {
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; ++v)
            sums[i][v] = _mm512_add_ps(sums[i][v], _mm512_load_ps(partial + i * panel_columns + v * lanes));
}

template <int rows, int vectors>
[[gnu::always_inline]] inline void keep(const __m512 (&sums)[rows][vectors], float* partial) {
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; ++v)
            _mm512_store_ps(partial + i * panel_columns + v * lanes, sums[i][v]);
}

// One chain of a tile's sums: added to `partial` unless it is the first of the depth; what then is the sum
// goes to its end if the chain is the last.
template <class T, int rows, int vectors>
void chain(const T* x, std::int64_t stride, const std::uint32_t* panel, std::int64_t steps, float* partial,
    bool begins, bool ends, const TileEnd<T>& end, std::int64_t row) {
    __m512 sums[rows][vectors];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 3
        for (int v = 0; v < vectors; ++v) sums[i][v] = _mm512_setzero_ps();
    for (std::int64_t step = 0; step < steps; ++step, panel += panel_columns) {
        __m512i w[vectors];
#pragma GCC unroll 3
        for (int v = 0; v < vectors; ++v) w[v] = _mm512_load_si512(panel + v * lanes);
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i) {
            const __m512i value = Lane<T>::repeat(x + i * stride + step * Lane<T>::per_step);
#pragma GCC unroll 3
            for (int v = 0; v < vectors; ++v) sums[i][v] = Lane<T>::multiply_add(sums[i][v], value, w[v]);
        }
    }
    if (!begins) add_to<rows, vectors>(sums, partial);
    if (ends)
        finish<T, rows, vectors>(sums, end, row);
    else
        keep<rows, vectors>(sums, partial);
}

// One tile through one block of the depth, chain by chain.
template <class T, int rows, int vectors>
void tile(const T* x, std::int64_t stride, const std::uint32_t* panel, std::int64_t steps, float* partial,
    bool begins, bool ends, const TileEnd<T>& end, std::int64_t row, FetchAhead& ahead) {
    const std::int64_t chains = chains_of(steps), length = (steps + chains - 1) / chains;
    for (std::int64_t step = 0; step < steps; step += length) {
        ahead.fetch();
        chain<T, rows, vectors>(x + step * Lane<T>::per_step, stride, panel + step * panel_columns,
            std::min(length, steps - step), partial, begins && step == 0, ends && step + length >= steps, end,
            row);
    }
}

template <class T, int vectors>
void some_rows(std::int64_t rows, const T* x, std::int64_t stride, const std::uint32_t* panel,
    std::int64_t steps, float* partial, bool begins, bool ends, const TileEnd<T>& end, std::int64_t row,
    FetchAhead& ahead) {
    switch (rows) {
    case 1: return tile<T, 1, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 2: return tile<T, 2, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 3: return tile<T, 3, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 4: return tile<T, 4, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 5: return tile<T, 5, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 6: return tile<T, 6, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    case 7: return tile<T, 7, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    default: return tile<T, 8, vectors>(x, stride, panel, steps, partial, begins, ends, end, row, ahead);
    }
}

/// For a panel of so many columns.
template <class T>
auto some_rows_of(std::int64_t columns) {
    if (columns > 2 * lanes) return some_rows<T, 3>;
    return columns > lanes ? some_rows<T, 2> : some_rows<T, 1>;
}

template <class T>
std::int64_t total_rank(const ProductTask<T>& task) {
    std::int64_t rank = 0;
    for (std::int64_t i = 0; i < task.part_count; ++i) rank += task.parts[i].rank;
    return rank;
}

/// One thread's scratch: a packed panel, the sums between blocks of the depth, the low-rank factors of a
/// panel.
template <class T>
struct Scratch {
    std::uint32_t* panel;
    float* partial;
    float* factors;
    std::int64_t* inner_part;
    std::int64_t* inner_column;

    static std::int64_t panel_size(const ProductTask<T>& task) {
        return std::min(panel_steps, steps_of<T>(task.depth)) * panel_columns;
    }
    /// A tile's sums between chains; those of all rows where the depth takes more than one block.
    static std::int64_t partial_size(const ProductTask<T>& task, std::int64_t rows) {
        return (steps_of<T>(task.depth) > panel_steps ? rows : product_tile_rows) * panel_columns;
    }
    static std::int64_t bytes(const ProductTask<T>& task, std::int64_t rows) {
        return 4 * (panel_size(task) + partial_size(task, rows) + total_rank(task) * panel_columns)
               + 16 * total_rank(task);
    }
    Scratch(const ProductTask<T>& task, std::int64_t rows, void* memory)
        : panel(static_cast<std::uint32_t*>(memory)), partial(static_cast<float*>(memory) + panel_size(task)),
          factors(partial + partial_size(task, rows)),
          inner_part(reinterpret_cast<std::int64_t*>(factors + total_rank(task) * panel_columns)),
          inner_column(inner_part + total_rank(task)) {}
};

// The factor rows that reach into the panel at `column`, scaled, cut and filled with zeros to its width.
template <class T>
TileEnd<T> end_at(const ProductTask<T>& task, std::int64_t column, const Scratch<T>& scratch) {
    TileEnd<T> end{&task, scratch.factors, scratch.inner_part, scratch.inner_column, 0, column};
    for (std::int64_t i = 0; i < task.part_count; ++i) {
        const LowRankColumns& part = task.parts[i];
        const std::int64_t from = std::max(column, part.offset);
        const std::int64_t to = std::min(column + panel_columns, part.offset + part.width);
        if (from >= to) continue;
        for (std::int64_t j = 0; j < part.rank; ++j, ++end.count) {
            float* row = scratch.factors + end.count * panel_columns;
            const float* factor = part.factor + j * part.factor_row_stride;
            std::fill(row, row + panel_columns, 0.f);
            for (std::int64_t at = from; at < to; ++at)
                row[at - column] = part.scale * factor[(at - part.offset) * part.factor_column_stride];
            scratch.inner_part[end.count] = i;
            scratch.inner_column[end.count] = j;
        }
    }
    return end;
}

template <class T>
std::int64_t scratch_bytes(const ProductTask<T>& task, std::int64_t rows) {
    return (Scratch<T>::bytes(task, rows) + 63) / 64 * 64;
}

/// The piece of the weight that a panel's block of the depth is packed from; the one that follows it where
/// that block was the last.
template <class T>
FetchAhead weight_ahead(const ProductTask<T>& task, const ProductPanel& panel, std::int64_t step) {
    const bool goes_on = step < steps_of<T>(task.depth);
    const std::int64_t column = goes_on ? panel.column : panel.next_column;
    if (column >= task.columns) return {};
    const std::int64_t begin = goes_on ? step : 0;
    const std::int64_t steps = std::min(panel_steps, steps_of<T>(task.depth) - begin);
    const std::int64_t depth = begin * Lane<T>::per_step, depths = steps * Lane<T>::per_step;
    const std::int64_t columns = std::min(panel_columns, task.columns - column);
    const std::int64_t calls = (panel.rows + product_tile_rows - 1) / product_tile_rows * chains_of(steps);
    constexpr std::int64_t size = sizeof(T);
    const std::int64_t stride = task.w_stride * size;
    if (task.transposed)
        return {task.w + depth * task.w_stride + column, depths, columns * size, stride, calls};
    return {task.w + column * task.w_stride + depth, columns, depths * size, stride, calls};
}

template <class T>
void multiply(const ProductTask<T>& task, const ProductPanel& part, void* memory) {
    const Scratch<T> scratch(task, part.rows, memory);
    const std::int64_t all_steps = steps_of<T>(task.depth);
    const std::int64_t columns = std::min(panel_columns, task.columns - part.column);
    const TileEnd<T> tile_end = end_at(task, part.column, scratch);
    const auto multiply_rows = some_rows_of<T>(columns);
    for (std::int64_t step = 0; step < all_steps; step += panel_steps) {
        const std::int64_t steps = std::min(panel_steps, all_steps - step);
        const std::int64_t depth = step * Lane<T>::per_step;
        if (task.transposed)
            pack_columns(task.w + depth * task.w_stride + part.column, task.w_stride, steps, columns,
                scratch.panel, columns);
        else
            pack_rows(task.w + part.column * task.w_stride + depth, task.w_stride, steps, columns,
                scratch.panel, columns);
        FetchAhead ahead = weight_ahead(task, part, step + steps);
        for (std::int64_t i = 0; i < part.rows; i += product_tile_rows)
            multiply_rows(std::min(product_tile_rows, part.rows - i),
                task.x + (part.row + i) * task.x_stride + depth, task.x_stride, scratch.panel, steps,
                scratch.partial + (all_steps > panel_steps ? i * panel_columns : 0), step == 0,
                step + steps == all_steps, tile_end, part.row + i, ahead);
    }
}

} // namespace

} // namespace lora
