#pragma once
// Loops over rows for LayerNorm, alone or after a residual's sum, and for activations without a gate;
// compiled once for each instruction set like rows.h's. Checked against ATen's operators in tests/kernels.

#include "engine/kernels/activation.h"
#include "engine/kernels/bfloat16.h"
#include "engine/kernels/dropout_bits.h"

#include <cstdint>

namespace lora {

/// T: float or BFloat16. Sums are float32 throughout.
template <class T>
struct PostNormKernels {
    /// sums = x + dropout(sums); y = weight ∘ (sums − mean) / √(variance + ε) + bias. All [rows, width]; mean
    /// and inverse (of the deviation) [rows] for the backward. `first_row` counts the dropout's rows.
    void (*norm)(const T* x, T* sums, const T* weight, const T* bias, T* y, float* mean, float* inverse,
        std::int64_t rows, std::int64_t width, float epsilon, const DropoutBits& dropout,
        std::int64_t first_row);
    /// d_sums, and through the dropout d_branch, which may be d_sums where nothing is dropped.
    void (*norm_backward)(const T* dy, const T* sums, const T* weight, const float* mean,
        const float* inverse, T* d_sums, T* d_branch, std::int64_t rows, std::int64_t width,
        const DropoutBits& dropout, std::int64_t first_row);
    /// y = weight ∘ (x − mean) / √(variance + ε) + bias; a null bias is zero.
    void (*layer_norm)(const T* x, const T* weight, const T* bias, T* y, float* mean, float* inverse,
        std::int64_t rows, std::int64_t width, float epsilon);
    /// dx = residual + the gradient through the norm; residual may be dx itself.
    void (*layer_norm_backward)(const T* dy, const T* x, const T* weight, const float* mean,
        const float* inverse, const T* residual, T* dx, std::int64_t rows, std::int64_t width);
    /// y = activation(x).
    void (*activate)(const T* x, T* y, std::int64_t count, Activation activation);
    /// x becomes its gradient.
    void (*activate_backward)(T* x, const T* dy, std::int64_t count, Activation activation);
};

const PostNormKernels<float>& float_post_norm_plain();
const PostNormKernels<float>& float_post_norm_avx2();
const PostNormKernels<float>& float_post_norm_avx512();
const PostNormKernels<BFloat16>& bfloat16_post_norm_plain();
const PostNormKernels<BFloat16>& bfloat16_post_norm_avx2();
const PostNormKernels<BFloat16>& bfloat16_post_norm_avx512();

} // namespace lora
