// The loops of rows.h, compiled once for each instruction set (LORA_ISA). Everything but the tables is in an
// unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/row_loops.h"

#include "engine/kernels/cpu/activations.h"
#include "engine/kernels/cpu/low_rank_rows.h"

#include <cmath>
#include <cstdint>

namespace lora {

namespace {

template <class T>
void rms_norm(const T* x, const T* weight, T* y, float* inverse_rms, std::int64_t rows, std::int64_t width,
    float epsilon, float offset) {
    for (std::int64_t row = 0; row < rows; ++row, x += width, y += width) {
        float squares = 0;
#pragma omp simd reduction(+ : squares)
        for (std::int64_t i = 0; i < width; ++i) squares += to_float(x[i]) * to_float(x[i]);
        const float inverse = 1.f / std::sqrt(squares / static_cast<float>(width) + epsilon);
        inverse_rms[row] = inverse;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            y[i] = from_float<T>(to_float(x[i]) * inverse * (to_float(weight[i]) + offset));
    }
}

// With n = x · s and g = w ∘ dy: dx = s · (g − n · mean(g ∘ n)).
template <class T>
void rms_norm_backward(const T* dy, const T* x, const T* weight, const float* inverse_rms, const T* residual,
    T* dx, std::int64_t rows, std::int64_t width, float offset) {
    for (std::int64_t row = 0; row < rows; ++row, x += width, dy += width, residual += width, dx += width) {
        const float inverse = inverse_rms[row];
        float along = 0;
#pragma omp simd reduction(+ : along)
        for (std::int64_t i = 0; i < width; ++i)
            along += to_float(dy[i]) * (to_float(weight[i]) + offset) * to_float(x[i]);
        const float share = along * inverse * inverse / static_cast<float>(width);
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            dx[i] = from_float<T>(
                to_float(residual[i])
                + inverse * (to_float(dy[i]) * (to_float(weight[i]) + offset) - to_float(x[i]) * share));
    }
}

// Neighbours `apart` of each other are the two of a pair; pairs begin `step` after each other.
template <class T, std::int64_t step>
[[gnu::always_inline]] inline void rotate_head(
    T* first, std::int64_t apart, const float* cos, const float* sin, std::int64_t pairs, float direction) {
    T* second = first + apart;
#pragma omp simd
    for (std::int64_t i = 0; i < pairs; ++i) {
        const float a = to_float(first[step * i]), b = to_float(second[step * i]);
        const float s = sin[i] * direction;
        first[step * i] = from_float<T>(a * cos[i] - b * s);
        second[step * i] = from_float<T>(b * cos[i] + a * s);
    }
}

template <class T>
void rotate(T* x, const float* cos, const float* sin, std::int64_t rows, std::int64_t stride,
    std::int64_t heads, std::int64_t head_size, std::int64_t pairs, bool neighbours, float direction) {
    for (std::int64_t row = 0; row < rows; ++row, x += stride, cos += pairs, sin += pairs)
        for (std::int64_t head = 0; head < heads; ++head) {
            if (neighbours)
                rotate_head<T, 2>(x + head * head_size, 1, cos, sin, pairs, direction);
            else
                rotate_head<T, 1>(x + head * head_size, pairs, cos, sin, pairs, direction);
        }
}

template <class T, Activation activation>
void gated_values(const T* gate_up, T* y, std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row, gate_up += 2 * width, y += width) {
        const T* up = gate_up + width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            y[i] = from_float<T>(point<activation>(to_float(gate_up[i])).y * to_float(up[i]));
    }
}

template <class T>
void gated(const T* gate_up, T* y, std::int64_t rows, std::int64_t width, Activation activation) {
    with_activation(
        activation, [=]<class Kind>(Kind) { gated_values<T, Kind::value>(gate_up, y, rows, width); });
}

template <class T, Activation activation, bool wants_y>
void gated_gradient(T* gate_up, const T* dy, T* y, std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row, gate_up += 2 * width, dy += width) {
        T* up_half = gate_up + width;
        T* out = wants_y ? y + row * width : nullptr;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float up = to_float(up_half[i]), d = to_float(dy[i]);
            const Point at = point<activation>(to_float(gate_up[i]));
            gate_up[i] = from_float<T>(d * up * at.slope);
            up_half[i] = from_float<T>(d * at.y);
            if constexpr (wants_y) out[i] = from_float<T>(at.y * up);
        }
    }
}

template <class T>
void gated_backward(
    T* gate_up, const T* dy, T* y, std::int64_t rows, std::int64_t width, Activation activation) {
    with_activation(activation, [=]<class Kind>(Kind) {
        if (y)
            gated_gradient<T, Kind::value, true>(gate_up, dy, y, rows, width);
        else
            gated_gradient<T, Kind::value, false>(gate_up, dy, y, rows, width);
    });
}

template <class T>
void cross_entropy(T* logits, const std::int64_t* targets, float* losses, std::int64_t rows,
    std::int64_t stride, std::int64_t width, bool gradient) {
    for (std::int64_t row = 0; row < rows; ++row, logits += stride) {
        if (targets[row] < 0) {
            losses[row] = 0;
            for (std::int64_t i = 0; gradient && i < width; ++i) logits[i] = from_float<T>(0);
            continue;
        }
        float highest = to_float(logits[0]);
#pragma omp simd reduction(max : highest)
        for (std::int64_t i = 0; i < width; ++i) {
            const float logit = to_float(logits[i]);
            highest = logit > highest ? logit : highest;
        }
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < width; ++i) sum += exponential(to_float(logits[i]) - highest);
        const float wanted = to_float(logits[targets[row]]);
        losses[row] = std::log(sum) - (wanted - highest);
        if (!gradient) continue;
        const float inverse = 1.f / sum;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            logits[i] = from_float<T>(exponential(to_float(logits[i]) - highest) * inverse);
        logits[targets[row]] = from_float<T>(exponential(wanted - highest) * inverse - 1.f);
    }
}

template <class T>
constexpr RowKernels<T> table{rms_norm<T>, rms_norm_backward<T>, rotate<T>, gated<T>, gated_backward<T>,
    cross_entropy<T>, add_low_rank<T>, outer_product<T>, split_bfloat16<T>};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const RowKernels<float>& LORA_NAMED(float_rows_, LORA_ISA)() { return table<float>; }
const RowKernels<BFloat16>& LORA_NAMED(bfloat16_rows_, LORA_ISA)() { return table<BFloat16>; }

} // namespace lora
