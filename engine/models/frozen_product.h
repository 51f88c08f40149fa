#pragma once
// The product with a weight that no update is fused into: ATen's, but where the processor makes that one
// slow.

#include <ATen/core/Tensor.h>

namespace lora {

/// x [M, K], w [N, K], bias [N] or undefined → [M, N]. Notes nothing for autograd.
at::Tensor frozen_product(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias = {});
/// dy [M, N], w [N, K] → [M, K]. Notes nothing for autograd.
at::Tensor frozen_product_backward(const at::Tensor& dy, const at::Tensor& w);

/// at::linear for autograd: x [..., K] → [..., N], with the gradients of x, w and bias.
at::Tensor linear_product(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias);

} // namespace lora
