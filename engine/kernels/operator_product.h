#pragma once
// Products by ATen's operators, for what our own loops do not take: other processors, GPUs, other types.
// aten_multiplies_slowly(), which product.h declares, is theirs too.

#include "engine/kernels/product.h"

namespace lora {

/// y = a · b, with what is added to it. bfloat16 on a CPU whose ATen is slow with it goes by float32, a part
/// of a large weight at a time.
void multiply_by_operators(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end);

} // namespace lora
