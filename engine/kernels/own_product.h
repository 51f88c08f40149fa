#pragma once
// Products by our own loops (product_loops.h), shared out among the threads. For product.cpp, which chooses
// between them and ATen's; has_own_products(), which product.h declares, is theirs too.

#include "engine/kernels/product.h"

namespace lora {

/// Whether they take these: both of one type on the CPU, rows without gaps inside.
bool fits_own_product(const at::Tensor& x, const at::Tensor& w, std::int64_t depth);

/// y = x · wᵀ, or x · w where `transposed`, with what is added to it. y is of x's type, or float32.
void multiply_own(
    at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end, bool transposed);

} // namespace lora
