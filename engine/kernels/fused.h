#pragma once
// The loops of rows.h for tensors, float32 or bfloat16: on the CPU shared out among the threads, on an NVIDIA
// GPU by the kernels of cuda/, which return before the work is done. On other devices, and where the project
// was built without those kernels, by ATen's operators (fused_operators.h).

#include "engine/kernels/activation.h"

#include <cstdint>
#include <utility>

#include <ATen/core/Tensor.h>

namespace lora {

/// {(w + offset) ∘ x / rms(x), 1 / rms(x)}: x [N, D] contiguous, weight [D] → [N, D], float32 [N].
std::pair<at::Tensor, at::Tensor> fused_rms_norm(
    const at::Tensor& x, const at::Tensor& weight, double epsilon, double offset = 0);
/// residual + the gradient with respect to x; all [N, D] contiguous. An undefined residual is zero.
at::Tensor fused_rms_norm_backward(const at::Tensor& residual, const at::Tensor& dy, const at::Tensor& x,
    const at::Tensor& weight, const at::Tensor& inverse_rms, double offset = 0);

/// How the pairs of a head that turn together lie in it.
enum class RotaryPairs {
    Halves,     ///< one of the first half, one of the second
    Neighbours, ///< one after the other
};

/// Turns the first `heads` heads of each row in place; cos and sin float32 [N, pairs], of which a head's
/// first 2 · pairs values are made. `direction` −1 turns back: the backward.
void fused_rotate(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, float direction, RotaryPairs pairs = RotaryPairs::Halves);

/// activation(gate) ∘ up: [N, 2F] → [N, F].
at::Tensor fused_gated(const at::Tensor& gate_up, Activation activation);
/// Puts the gradients of gate and up in their place; gives activation(gate) ∘ up again where `wants_y`.
at::Tensor fused_gated_backward(
    at::Tensor& gate_up, const at::Tensor& dy, Activation activation, bool wants_y);

/// Cross-entropy of each row, float32 [M]; `logits` [M, V], whose rows may be strided, become softmax −
/// one-hot where `gradient`. A row whose target is negative counts as nothing: loss and gradient 0.
at::Tensor fused_cross_entropy(at::Tensor& logits, const at::Tensor& targets, bool gradient);

/// y's `width` columns from `offset` on += scale · inner · factor. y [N, …] contiguous;
/// inner float32 [N, r], rows may be strided; factor float32 [r, width] contiguous.
void add_low_rank(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale);

} // namespace lora
