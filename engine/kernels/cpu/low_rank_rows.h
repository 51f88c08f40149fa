#pragma once
// The row loops of low-rank parts: adding one to a product, sums of outer products for its gradient, and a
// float32 factor as the sum of two of less precision. For loops that are compiled for several instruction
// sets: in an unnamed namespace, so that no copy for one processor is linked in place of another's.

#include "engine/kernels/bfloat16.h"

#include <bit>
#include <cstdint>

namespace lora {

namespace {

inline constexpr std::int64_t vector_bytes = LORA_VECTOR_BYTES;
inline constexpr std::int64_t lanes = vector_bytes / 4;

typedef float Vector __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(4), may_alias));
typedef std::uint32_t Bits __attribute__((vector_size(LORA_VECTOR_BYTES)));
typedef std::uint16_t HalfBits __attribute__((vector_size(LORA_VECTOR_BYTES / 2), aligned(2), may_alias));

[[gnu::always_inline]] inline Vector load_vector(const float* from) {
    return *reinterpret_cast<const Vector*>(from);
}
[[gnu::always_inline]] inline Vector load_vector(const BFloat16* from) {
    return std::bit_cast<Vector>(
        __builtin_convertvector(*reinterpret_cast<const HalfBits*>(from), Bits) << 16);
}

template <class T>
void add_low_rank(T* y, const float* inner, const float* factor, float scale, std::int64_t rows,
    std::int64_t stride, std::int64_t inner_stride, std::int64_t rank, std::int64_t width) {
    constexpr std::int64_t block = 64; // columns whose sums stay in registers
    for (std::int64_t row = 0; row < rows; ++row, y += stride, inner += inner_stride)
        for (std::int64_t begin = 0; begin < width; begin += block) {
            const std::int64_t columns = width - begin < block ? width - begin : block;
            float sums[block] = {};
            for (std::int64_t k = 0; k < rank; ++k) {
                const float weight = inner[k] * scale;
                const float* from = factor + k * width + begin;
                if (columns == block) {
#pragma omp simd
                    for (std::int64_t i = 0; i < block; ++i) sums[i] += weight * from[i];
                } else {
                    for (std::int64_t i = 0; i < columns; ++i) sums[i] += weight * from[i];
                }
            }
#pragma omp simd
            for (std::int64_t i = 0; i < columns; ++i)
                y[begin + i] = from_float<T>(to_float(y[begin + i]) + sums[i]);
        }
}

// `ranks` rows of sums, `vectors` wide, stay in registers while the rows go by.
template <class T, int ranks, int vectors>
[[gnu::always_inline]] inline void outer_block(const T* y, const float* s, float* sums, std::int64_t rows,
    std::int64_t y_stride, std::int64_t s_stride, std::int64_t sums_stride) {
    Vector block[ranks][vectors] = {};
    for (std::int64_t row = 0; row < rows; ++row, y += y_stride, s += s_stride) {
        Vector values[vectors];
        for (int v = 0; v < vectors; ++v) values[v] = load_vector(y + v * lanes);
        for (int j = 0; j < ranks; ++j)
            for (int v = 0; v < vectors; ++v) block[j][v] += s[j] * values[v];
    }
    for (int j = 0; j < ranks; ++j)
        for (int v = 0; v < vectors; ++v)
            *reinterpret_cast<Vector*>(sums + j * sums_stride + v * lanes) = block[j][v];
}

template <class T, int vectors>
void outer_columns(const T* y, const float* s, float* sums, std::int64_t rows, std::int64_t y_stride,
    std::int64_t s_stride, std::int64_t sums_stride, std::int64_t rank) {
    constexpr int ranks = vector_bytes == 64 ? 8 : 4;
    std::int64_t j = 0;
    for (; j + ranks <= rank; j += ranks)
        outer_block<T, ranks, vectors>(
            y, s + j, sums + j * sums_stride, rows, y_stride, s_stride, sums_stride);
    for (; j < rank; ++j)
        outer_block<T, 1, vectors>(y, s + j, sums + j * sums_stride, rows, y_stride, s_stride, sums_stride);
}

template <class T>
void outer_product(const T* y, const float* s, float* sums, std::int64_t rows, std::int64_t y_stride,
    std::int64_t s_stride, std::int64_t sums_stride, std::int64_t rank, std::int64_t width) {
    constexpr int vectors = vector_bytes == 64 ? 3 : 2;
    std::int64_t column = 0;
    for (; column + vectors * lanes <= width; column += vectors * lanes)
        outer_columns<T, vectors>(y + column, s, sums + column, rows, y_stride, s_stride, sums_stride, rank);
    for (; column + lanes <= width; column += lanes)
        outer_columns<T, 1>(y + column, s, sums + column, rows, y_stride, s_stride, sums_stride, rank);
    for (; column < width; ++column)
        for (std::int64_t j = 0; j < rank; ++j) {
            float sum = 0;
            for (std::int64_t row = 0; row < rows; ++row)
                sum += s[row * s_stride + j] * to_float(y[row * y_stride + column]);
            sums[j * sums_stride + column] = sum;
        }
}

template <class T>
void split_bfloat16(const float* a, T* high, T* low, std::int64_t rows, std::int64_t width,
    std::int64_t stride, float scale) {
    for (std::int64_t row = 0; row < rows; ++row, a += width, high += stride, low += stride) {
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float value = scale * a[i];
            const T nearest = from_float<T>(value);
            high[i] = nearest;
            low[i] = from_float<T>(value - to_float(nearest));
        }
    }
}

} // namespace

} // namespace lora
