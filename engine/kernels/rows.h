#pragma once
// Loops over rows that the models spend their time in beside matrix products, fused and vectorised: one pass
// over memory each. Compiled for AVX-512, AVX2 and plain x86-64 (or any other processor), chosen at run time.
// All work on a range of rows, so that the caller shares them out among threads; none allocates.
// Checked against ATen's operators in tests/kernels.

#include "engine/kernels/activation.h"
#include "engine/kernels/bfloat16.h"

#include <cstdint>

namespace lora {

/// T: float or BFloat16. Sums are float32 throughout.
template <class T>
struct RowKernels {
    /// y = (w + offset) ∘ x / √(mean x² + ε). x, y [rows, width], weight [width]; inverse_rms [rows] for the
    /// backward.
    void (*rms_norm)(const T* x, const T* weight, T* y, float* inverse_rms, std::int64_t rows,
        std::int64_t width, float epsilon, float offset);
    /// dx = residual + the gradient through the norm; the weight is frozen. residual may be dx itself.
    void (*rms_norm_backward)(const T* dy, const T* x, const T* weight, const float* inverse_rms,
        const T* residual, T* dx, std::int64_t rows, std::int64_t width, float offset);
    /// Rotary positions in place: pairs (a, b) of each head become (a·cos − b·sin, b·cos + a·sin).
    /// x: `heads` heads of `head_size` at the front of each row of `stride`; cos, sin [rows, pairs]. The
    /// first 2 · pairs values of a head turn; a pair is two `neighbours`, or a value of the first half and
    /// the one at its place in the second. `direction` is 1, or −1 for the backward. Source: Su et al. 2021.
    void (*rotate)(T* x, const float* cos, const float* sin, std::int64_t rows, std::int64_t stride,
        std::int64_t heads, std::int64_t head_size, std::int64_t pairs, bool neighbours, float direction);
    /// y = activation(gate) ∘ up, with gate and up beside each other in [rows, 2·width]. Source: Shazeer
    /// 2020.
    void (*gated)(const T* gate_up, T* y, std::int64_t rows, std::int64_t width, Activation activation);
    /// The gradients of gate and up in their place; also y once more, where it is not null.
    void (*gated_backward)(
        T* gate_up, const T* dy, T* y, std::int64_t rows, std::int64_t width, Activation activation);
    /// Cross-entropy of each row. logits [rows, width], rows `stride` apart, become softmax − one-hot where
    /// `gradient`.
    void (*cross_entropy)(T* logits, const std::int64_t* targets, float* losses, std::int64_t rows,
        std::int64_t stride, std::int64_t width, bool gradient);
    /// y += scale · inner · factor: the low-rank part of a product. y: `width` columns at the front of each
    /// row of `stride`; inner: `rank` columns at the front of each row of `inner_stride`; factor [rank,
    /// width].
    void (*add_low_rank)(T* y, const float* inner, const float* factor, float scale, std::int64_t rows,
        std::int64_t stride, std::int64_t inner_stride, std::int64_t rank, std::int64_t width);
    /// sums = sᵀ · y. s: `rank` columns at the front of each row of `s_stride`; y: `width` columns at the
    /// front of each row of `y_stride`; sums [rank, width], rows `sums_stride` apart.
    void (*outer_product)(const T* y, const float* s, float* sums, std::int64_t rows, std::int64_t y_stride,
        std::int64_t s_stride, std::int64_t sums_stride, std::int64_t rank, std::int64_t width);
    /// scale · a = high + low, as near as two T come to it. a [rows, width]; rows of high and low `stride`
    /// apart.
    void (*split_bfloat16)(const float* a, T* high, T* low, std::int64_t rows, std::int64_t width,
        std::int64_t stride, float scale);
};

/// The kernels for the processor at hand.
template <class T>
const RowKernels<T>& row_kernels();
template <>
const RowKernels<float>& row_kernels<float>();
template <>
const RowKernels<BFloat16>& row_kernels<BFloat16>();

} // namespace lora
