#pragma once
// The loops of post_norm_loops.h for tensors, float32 or bfloat16: on the CPU shared out among the threads;
// elsewhere LayerNorm and activations by ATen's operators (fused_operators.h), and no sum of a residual.

#include "engine/kernels/activation.h"
#include "engine/kernels/dropout_bits.h"

#include <utility>

#include <ATen/core/Tensor.h>

namespace lora {

/// A residual's sum and its LayerNorm, with what the backward needs.
struct NormedSum {
    at::Tensor sums;    ///< [N, D]: x + dropout(branch)
    at::Tensor y;       ///< [N, D]
    at::Tensor mean;    ///< float32 [N]
    at::Tensor inverse; ///< float32 [N]: 1 / √(variance + ε)
};

/// LayerNorm(x + dropout(branch)); `branch` is overwritten by the sums. All [N, D] contiguous, weight and
/// bias [D].
NormedSum add_and_norm(const at::Tensor& x, at::Tensor branch, const at::Tensor& weight,
    const at::Tensor& bias, double epsilon, const DropoutBits& dropout);

/// The gradients of x and of the branch, one tensor where nothing is dropped. dy [N, D] contiguous.
std::pair<at::Tensor, at::Tensor> add_and_norm_backward(
    const at::Tensor& dy, const NormedSum& kept, const at::Tensor& weight, const DropoutBits& dropout);

/// What LayerNorm's backward needs beside its input.
struct RowMoments {
    at::Tensor mean;    ///< float32 [N]
    at::Tensor inverse; ///< float32 [N]: 1 / √(variance + ε)
};

/// {LayerNorm(x), its moments}; x [N, D] contiguous. An undefined bias is zero.
std::pair<at::Tensor, RowMoments> fused_layer_norm(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);
/// residual + the gradient with respect to x. An undefined residual is zero.
at::Tensor fused_layer_norm_backward(const at::Tensor& residual, const at::Tensor& dy, const at::Tensor& x,
    const at::Tensor& weight, const RowMoments& moments);

at::Tensor fused_activation(const at::Tensor& x, Activation activation);
/// Puts the gradient of x into its place.
void fused_activation_backward(at::Tensor& x, const at::Tensor& dy, Activation activation);

} // namespace lora
