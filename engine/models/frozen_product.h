#pragma once
// The product with a weight that no update is fused into: ATen's, but where the processor makes that one
// slow, where the weight is packed, and for a few rows without a gradient.

#include "engine/kernels/frozen_weight.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// x [M, K], w [N, K], bias [N] or undefined → [M, N]. Notes nothing for autograd.
at::Tensor frozen_product(const at::Tensor& x, const FrozenWeight& w, const at::Tensor& bias = {});
/// dy [M, N], w [N, K] → [M, K]. Notes nothing for autograd.
at::Tensor frozen_product_backward(const at::Tensor& dy, const FrozenWeight& w);

/// at::linear for autograd: x [..., K] → [..., N], with the gradients of x, bias and a w that is a tensor.
at::Tensor linear_product(const at::Tensor& x, const FrozenWeight& w, const at::Tensor& bias);

} // namespace lora
