#pragma once
// Packed attention on an NVIDIA GPU by ATen's kernels for samples of different lengths: flash attention for
// bfloat16, the memory-efficient one for float32. Both are private to ATen; nothing else calls them.

#include "engine/kernels/attention.h"

namespace lora {

/// Whether this GPU has a kernel for this shape, in the element type of `like`, which lies on it.
bool gpu_has_packed_attention(const at::Tensor& like, const AttentionShape& shape);

/// As packed_attention; shape.starts must lie on the GPU, and lengths are not read.
AttentionResult gpu_packed_attention(const at::Tensor& qkv, const AttentionShape& shape);
/// As packed_attention_backward.
at::Tensor gpu_packed_attention_backward(
    const at::Tensor& qkv, const AttentionResult& result, const at::Tensor& dy, const AttentionShape& shape);

} // namespace lora
