// The loops of post_norm_loops.h, compiled once for each instruction set (LORA_ISA), all in an unnamed
// namespace but the tables.

#include "engine/kernels/post_norm_loops.h"

#include "engine/kernels/cpu/exponential.h"

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

/// An activation's value and its slope.
struct Point {
    float y, slope;
};

// With Φ the normal distribution: x · Φ(x), and Φ(x) + x · φ(x). Both tails by the complement, so that
// neither cancels.
[[gnu::always_inline]] inline Point gelu(float x) {
    const float size = (x < 0 ? -x : x) * 0.70710678f;
    const float t = 1.f / (1.f + 0.3275911f * size);
    const float density = exponential(-size * size);
    const float tail =
        t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))))
        * density;
    const float below = 0.5f * (x < 0 ? tail : 2.f - tail);
    return {x * below, below + x * density * 0.39894228f};
}

[[gnu::always_inline]] inline Point gelu_tanh(float x) {
    constexpr float root = 0.79788456f, cubic = 0.044715f;
    const float inner = root * (x + cubic * x * x * x);
    const float tanh = 1.f - 2.f / (1.f + exponential(2.f * inner));
    const float half = 0.5f * (1.f + tanh);
    return {x * half, half + 0.5f * x * (1.f - tanh * tanh) * root * (1.f + 3.f * cubic * x * x)};
}

[[gnu::always_inline]] inline Point relu(float x) { return {x > 0 ? x : 0, x > 0 ? 1.f : 0.f}; }

template <Activation activation>
[[gnu::always_inline]] inline Point point(float x) {
    if constexpr (activation == Activation::Gelu) return gelu(x);
    if constexpr (activation == Activation::GeluTanh) return gelu_tanh(x);
    return relu(x);
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
    switch (activation) {
    case Activation::Gelu: return values<T, Activation::Gelu>(x, y, count);
    case Activation::GeluTanh: return values<T, Activation::GeluTanh>(x, y, count);
    case Activation::Relu: return values<T, Activation::Relu>(x, y, count);
    }
}

template <class T>
void activate_backward(T* x, const T* dy, std::int64_t count, Activation activation) {
    switch (activation) {
    case Activation::Gelu: return slopes<T, Activation::Gelu>(x, dy, count);
    case Activation::GeluTanh: return slopes<T, Activation::GeluTanh>(x, dy, count);
    case Activation::Relu: return slopes<T, Activation::Relu>(x, dy, count);
    }
}

template <class T>
constexpr PostNormKernels<T> table{norm<T>, norm_backward<T>, activate<T>, activate_backward<T>};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const PostNormKernels<float>& LORA_NAMED(float_post_norm_, LORA_ISA)() { return table<float>; }
const PostNormKernels<BFloat16>& LORA_NAMED(bfloat16_post_norm_, LORA_ISA)() { return table<BFloat16>; }

} // namespace lora
