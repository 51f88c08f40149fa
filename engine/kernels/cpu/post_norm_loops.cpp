// The loops of post_norm_loops.h, compiled once for each instruction set (LORA_ISA), all in an unnamed
// namespace but the tables.

#include "engine/kernels/post_norm_loops.h"

#include "engine/kernels/cpu/activations.h"

#include <cmath>

namespace lora {

namespace {

// The dropout by value: in memory it might be what a store overwrites, and nothing would be vectorised.
template <class T, bool drops>
void norm_rows(const T* x, T* sums, const T* weight, const T* bias, T* y, float* mean, float* inverse,
    std::int64_t rows, std::int64_t width, float epsilon, DropoutBits dropout, std::int64_t first_row) {
    const auto size = static_cast<float>(width);
    for (std::int64_t row = 0; row < rows; ++row, x += width, sums += width, y += width) {
        const std::uint32_t bits = drops ? row_bits(dropout, static_cast<std::uint32_t>(first_row + row)) : 0;
        float total = 0;
#pragma omp simd reduction(+ : total)
        for (std::int64_t i = 0; i < width; ++i) {
            float branch = to_float(sums[i]);
            if constexpr (drops) branch *= kept_factor(dropout, bits, static_cast<std::uint32_t>(i));
            sums[i] = from_float<T>(to_float(x[i]) + branch);
            total += to_float(sums[i]);
        }
        const float center = total / size;
        float squares = 0;
#pragma omp simd reduction(+ : squares)
        for (std::int64_t i = 0; i < width; ++i) {
            const float away = to_float(sums[i]) - center;
            squares += away * away;
        }
        const float scale = 1.f / std::sqrt(squares / size + epsilon);
        mean[row] = center;
        inverse[row] = scale;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            y[i] =
                from_float<T>((to_float(sums[i]) - center) * scale * to_float(weight[i]) + to_float(bias[i]));
    }
}

template <class T>
void norm(const T* x, T* sums, const T* weight, const T* bias, T* y, float* mean, float* inverse,
    std::int64_t rows, std::int64_t width, float epsilon, const DropoutBits& dropout,
    std::int64_t first_row) {
    if (dropout.threshold)
        norm_rows<T, true>(x, sums, weight, bias, y, mean, inverse, rows, width, epsilon, dropout, first_row);
    else
        norm_rows<T, false>(
            x, sums, weight, bias, y, mean, inverse, rows, width, epsilon, dropout, first_row);
}

// With n = (sums − mean) · s and g = weight ∘ dy: d_sums = s · (g − mean(g) − n · mean(g ∘ n)).
template <class T, bool drops>
void norm_rows_backward(const T* dy, const T* sums, const T* weight, const float* mean, const float* inverse,
    T* d_sums, T* d_branch, std::int64_t rows, std::int64_t width, DropoutBits dropout,
    std::int64_t first_row) {
    const auto size = static_cast<float>(width);
    for (std::int64_t row = 0; row < rows;
         ++row, dy += width, sums += width, d_sums += width, d_branch += width) {
        const std::uint32_t bits = drops ? row_bits(dropout, static_cast<std::uint32_t>(first_row + row)) : 0;
        const float center = mean[row], scale = inverse[row];
        float total = 0, along = 0;
#pragma omp simd reduction(+ : total, along)
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = to_float(dy[i]) * to_float(weight[i]);
            total += g;
            along += g * (to_float(sums[i]) - center);
        }
        const float shift = total / size, share = along * scale * scale / size;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = to_float(dy[i]) * to_float(weight[i]);
            const float d = scale * (g - shift - (to_float(sums[i]) - center) * share);
            d_sums[i] = from_float<T>(d);
            if constexpr (drops)
                d_branch[i] = from_float<T>(d * kept_factor(dropout, bits, static_cast<std::uint32_t>(i)));
        }
    }
}

template <class T>
void norm_backward(const T* dy, const T* sums, const T* weight, const float* mean, const float* inverse,
    T* d_sums, T* d_branch, std::int64_t rows, std::int64_t width, const DropoutBits& dropout,
    std::int64_t first_row) {
    if (dropout.threshold)
        norm_rows_backward<T, true>(
            dy, sums, weight, mean, inverse, d_sums, d_branch, rows, width, dropout, first_row);
    else
        norm_rows_backward<T, false>(
            dy, sums, weight, mean, inverse, d_sums, d_branch, rows, width, dropout, first_row);
}

template <class T, bool shifts>
void layer_norm_rows(const T* x, const T* weight, const T* bias, T* y, float* mean, float* inverse,
    std::int64_t rows, std::int64_t width, float epsilon) {
    const auto size = static_cast<float>(width);
    for (std::int64_t row = 0; row < rows; ++row, x += width, y += width) {
        float total = 0;
#pragma omp simd reduction(+ : total)
        for (std::int64_t i = 0; i < width; ++i) total += to_float(x[i]);
        const float center = total / size;
        float squares = 0;
#pragma omp simd reduction(+ : squares)
        for (std::int64_t i = 0; i < width; ++i)
            squares += (to_float(x[i]) - center) * (to_float(x[i]) - center);
        const float scale = 1.f / std::sqrt(squares / size + epsilon);
        mean[row] = center;
        inverse[row] = scale;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float scaled = (to_float(x[i]) - center) * scale * to_float(weight[i]);
            if constexpr (shifts)
                y[i] = from_float<T>(scaled + to_float(bias[i]));
            else
                y[i] = from_float<T>(scaled);
        }
    }
}

template <class T>
void layer_norm(const T* x, const T* weight, const T* bias, T* y, float* mean, float* inverse,
    std::int64_t rows, std::int64_t width, float epsilon) {
    if (bias)
        layer_norm_rows<T, true>(x, weight, bias, y, mean, inverse, rows, width, epsilon);
    else
        layer_norm_rows<T, false>(x, weight, bias, y, mean, inverse, rows, width, epsilon);
}

// As norm_rows_backward.
template <class T>
void layer_norm_backward(const T* dy, const T* x, const T* weight, const float* mean, const float* inverse,
    const T* residual, T* dx, std::int64_t rows, std::int64_t width) {
    const auto size = static_cast<float>(width);
    for (std::int64_t row = 0; row < rows; ++row, dy += width, x += width, residual += width, dx += width) {
        const float center = mean[row], scale = inverse[row];
        float total = 0, along = 0;
#pragma omp simd reduction(+ : total, along)
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = to_float(dy[i]) * to_float(weight[i]);
            total += g;
            along += g * (to_float(x[i]) - center);
        }
        const float shift = total / size, share = along * scale * scale / size;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float g = to_float(dy[i]) * to_float(weight[i]);
            dx[i] = from_float<T>(
                to_float(residual[i]) + scale * (g - shift - (to_float(x[i]) - center) * share));
        }
    }
}

template <class T, Activation activation>
void values(const T* x, T* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) y[i] = from_float<T>(point<activation>(to_float(x[i])).y);
}

template <class T, Activation activation>
void slopes(T* x, const T* dy, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        x[i] = from_float<T>(to_float(dy[i]) * point<activation>(to_float(x[i])).slope);
}

template <class T>
void activate(const T* x, T* y, std::int64_t count, Activation activation) {
    with_activation(activation, [=]<class Kind>(Kind) { values<T, Kind::value>(x, y, count); });
}

template <class T>
void activate_backward(T* x, const T* dy, std::int64_t count, Activation activation) {
    with_activation(activation, [=]<class Kind>(Kind) { slopes<T, Kind::value>(x, dy, count); });
}

template <class T>
constexpr PostNormKernels<T> table{
    norm<T>, norm_backward<T>, layer_norm<T>, layer_norm_backward<T>, activate<T>, activate_backward<T>};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const PostNormKernels<float>& LORA_NAMED(float_post_norm_, LORA_ISA)() { return table<float>; }
const PostNormKernels<BFloat16>& LORA_NAMED(bfloat16_post_norm_, LORA_ISA)() { return table<BFloat16>; }

} // namespace lora
