#pragma once
// Products with a frozen weight on the CPU, with what follows them done while the sums are still in
// registers: bias, residual, low-rank parts. Our own loops where the processor has AVX-512 (for bfloat16 its
// dot product too), ATen's elsewhere; both are checked against float64 in tests/kernels.

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// y[:, offset : offset + width] += inner · factor, in float32.
struct LowRankPart {
    at::Tensor inner;  ///< float32 [M, r]; rows may be apart
    at::Tensor factor; ///< float32 [r, width], contiguous
    std::int64_t offset = 0;
};

/// What is added to a product before it is rounded.
struct ProductEnd {
    at::Tensor bias;     ///< [N]; undefined: none
    at::Tensor residual; ///< [M, N] contiguous; undefined: none
    std::vector<LowRankPart> parts;
};

/// x · wᵀ: x [M, K], w [N, K] → [M, N]. float32 or bfloat16; rows of x and w may be apart.
at::Tensor product(const at::Tensor& x, const at::Tensor& w, const ProductEnd& end = {});
/// The same into y [M, N], whose rows may be apart.
void product_into(at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end = {});
/// dy · w: dy [M, N], w [N, K] → [M, K].
at::Tensor product_turned(const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end = {});
void product_turned_into(
    at::Tensor& dx, const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end = {});

/// x · aᵀ in float32 though x [M, K] may be bfloat16; a float32 [R, K] → float32 [M, R]. A bfloat16 x meets a
/// as the sum of two bfloat16, which keeps 16 of its 24 bits.
at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& a);
/// dy · b in float32; b float32 [N, R] → float32 [M, R].
at::Tensor narrow_product_turned(const at::Tensor& dy, const at::Tensor& b);

/// sᵀ · y in float32: s float32 [M, R], y [M, N] float32 or bfloat16, rows of both may be apart → [R, N].
at::Tensor outer_product(const at::Tensor& s, const at::Tensor& y);

} // namespace lora
