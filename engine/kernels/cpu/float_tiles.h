#pragma once
// Tiles of float32 that lie in a core's caches: widened from rows, transposed, multiplied in registers,
// narrowed back. In an unnamed namespace, as what is compiled for several instruction sets must be.

#include "engine/kernels/bfloat16.h"

#include <cstdint>

namespace lora {

namespace {

inline constexpr std::int64_t vector_bytes = LORA_VECTOR_BYTES;
inline constexpr std::int64_t lanes = vector_bytes / 4;
inline constexpr std::int64_t panel_columns = 2 * lanes; // two registers of sums for each of the panel's rows
inline constexpr std::int64_t panel_rows = vector_bytes == 64 ? 12 : 6;

typedef float Vector __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(4), may_alias));

inline std::int64_t padded(std::int64_t size) {
    return (size + panel_columns - 1) / panel_columns * panel_columns;
}

// C [rows, 2·lanes] = or += A [rows, depth] · B [depth, 2·lanes]
template <int rows>
[[gnu::always_inline]] inline void panel(std::int64_t depth, const float* a, std::int64_t lda, const float* b,
    std::int64_t ldb, float* c, std::int64_t ldc, bool add) {
    Vector left[rows], right[rows];
    for (int i = 0; i < rows; ++i) {
        left[i] = add ? *reinterpret_cast<const Vector*>(c + i * ldc) : Vector{};
        right[i] = add ? *reinterpret_cast<const Vector*>(c + i * ldc + lanes) : Vector{};
    }
    for (std::int64_t k = 0; k < depth; ++k) {
        const Vector b0 = *reinterpret_cast<const Vector*>(b + k * ldb);
        const Vector b1 = *reinterpret_cast<const Vector*>(b + k * ldb + lanes);
        for (int i = 0; i < rows; ++i) {
            const float value = a[i * lda + k];
            left[i] += value * b0;
            right[i] += value * b1;
        }
    }
    for (int i = 0; i < rows; ++i) {
        *reinterpret_cast<Vector*>(c + i * ldc) = left[i];
        *reinterpret_cast<Vector*>(c + i * ldc + lanes) = right[i];
    }
}

// C [m, n] = or += A [m, depth] · B [depth, n]; n is a multiple of panel_columns.
inline void multiply(std::int64_t m, std::int64_t n, std::int64_t depth, const float* a, std::int64_t lda,
    const float* b, std::int64_t ldb, float* c, std::int64_t ldc, bool add) {
    for (std::int64_t column = 0; column < n; column += panel_columns) {
        std::int64_t row = 0;
        for (; row + panel_rows <= m; row += panel_rows)
            panel<panel_rows>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
        for (; row + 4 <= m; row += 4)
            panel<4>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
        for (; row < m; ++row)
            panel<1>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
    }
}

// [rows, width] to float32 [rows, ld], the rest of each row zero.
template <class T>
void widen(
    const T* from, std::int64_t stride, float* to, std::int64_t ld, std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row, from += stride, to += ld) {
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) to[i] = to_float(from[i]);
        for (std::int64_t i = width; i < ld; ++i) to[i] = 0;
    }
}

// float32 [rows, ld] as [width, ld_transposed], columns beyond `rows` zero.
inline void transpose(const float* from, std::int64_t ld, float* to, std::int64_t ld_transposed,
    std::int64_t rows, std::int64_t width) {
    for (std::int64_t i = 0; i < width; ++i) {
        float* line = to + i * ld_transposed;
        for (std::int64_t row = 0; row < rows; ++row) line[row] = from[row * ld + i];
        for (std::int64_t row = rows; row < ld_transposed; ++row) line[row] = 0;
    }
}

template <class T>
void narrow(const float* from, std::int64_t ld, T* to, std::int64_t stride, std::int64_t rows,
    std::int64_t width, float factor) {
    for (std::int64_t row = 0; row < rows; ++row, from += ld, to += stride)
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) to[i] = from_float<T>(from[i] * factor);
}

} // namespace

} // namespace lora
