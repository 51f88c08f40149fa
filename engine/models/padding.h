#pragma once
// Rows of packed samples laid out with room between them, and back. What stands in the room reaches no
// result: its gradient is zero.

#include <ATen/core/Tensor.h>

namespace lora {

/// rows [N, …] → [P, …]: place p gets row to_padded[p]. from_padded int64 [N] tells the place whose gradient
/// is a row's.
at::Tensor with_padding(const at::Tensor& rows, const at::Tensor& to_padded, const at::Tensor& from_padded);

/// padded [P, …] → [N, …]: the rows at from_padded.
at::Tensor without_padding(const at::Tensor& padded, const at::Tensor& from_padded);

} // namespace lora
