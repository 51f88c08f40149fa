// The loops of rows.h, compiled once for each instruction set (LORA_ISA). Everything but the tables is in an
// unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/row_loops.h"

#include "engine/kernels/cpu/activations.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace lora {

namespace {

constexpr std::int64_t vector_bytes = LORA_VECTOR_BYTES;
constexpr std::int64_t lanes = vector_bytes / 4;

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

template <class T>
constexpr RowKernels<T> table{rms_norm<T>, rms_norm_backward<T>, rotate<T>, gated<T>, gated_backward<T>,
    cross_entropy<T>, add_low_rank<T>, outer_product<T>, split_bfloat16<T>};

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
const RowKernels<float>& LORA_NAMED(float_rows_, LORA_ISA)() { return table<float>; }
const RowKernels<BFloat16>& LORA_NAMED(bfloat16_rows_, LORA_ISA)() { return table<BFloat16>; }

} // namespace lora
