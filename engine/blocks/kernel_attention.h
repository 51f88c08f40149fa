#pragma once
// Packed attention by the kernels (engine/kernels/attention.h) as one step of autograd, for attention whose
// queries, keys and values come from more than one product.

#include "engine/kernels/attention.h"

#include <ATen/core/Tensor.h>

namespace lora {

/// q and k [N, H, E], v [N, H, F] with F no larger than E → [N, H·F]. For shapes that has_packed_attention
/// knows, with as many key and value heads as queries have. Its backward runs once.
at::Tensor kernel_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionShape& shape);

} // namespace lora
