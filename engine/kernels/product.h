#pragma once
// Products with a frozen weight, and what is added to them: bias, residual, low-rank parts. On the CPU our
// own loops where the processor has AVX-512 (for bfloat16 its dot product too), which add while the sums are
// still in registers; ATen's elsewhere, for bfloat16 without AVX-512 in float32, since ATen's own bfloat16
// loops are some ten to sixty times slower there. All are checked against float64 in tests/kernels. On a GPU,
// bias and residual are added inside the product and the low-rank part in float32 after it, so that a
// bfloat16 result is rounded twice, as PEFT's is; A, B and their gradients keep the precision that they have
// on the CPU.

#include "engine/kernels/frozen_weight.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// y[:, offset : offset + width] += scale · inner · factor, in float32.
struct LowRankPart {
    at::Tensor inner;  ///< float32 [M, r]; rows may be strided
    at::Tensor factor; ///< float32 [r, width], of any strides
    std::int64_t offset = 0;
    double scale = 1;
};

/// What is added to a product.
struct ProductEnd {
    at::Tensor bias;     ///< [N]; undefined: none
    at::Tensor residual; ///< [M, N] contiguous; undefined: none
    std::vector<LowRankPart> parts;
};

/// Whether the processor has our own loops for numbers of this type.
bool has_own_products(at::ScalarType type);
/// Whether ATen would take bfloat16 rows one value at a time: more than one row, on a CPU without AVX-512.
bool aten_multiplies_slowly(const at::Tensor& x);

/// x · wᵀ: x [M, K], w [N, K] → [M, N]. float32 or bfloat16; rows of x and w may be strided.
at::Tensor product(const at::Tensor& x, const at::Tensor& w, const ProductEnd& end = {});
/// The same into y [M, N], whose rows may be strided.
void product_into(at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end = {});
/// dy · w: dy [M, N], w [N, K] → [M, K].
at::Tensor product_transposed(const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end = {});
void product_transposed_into(
    at::Tensor& dx, const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end = {});

// The same with a weight that may be packed (packed_product.cpp): tiles of it are unpacked, into float32
// where the products are ATen's, and multiplied like any other weight. A few rows of x meet packed or plain
// rows one by one, which takes no longer than reading the weight.
at::Tensor product(const at::Tensor& x, const FrozenWeight& w, const ProductEnd& end = {});
void product_into(at::Tensor& y, const at::Tensor& x, const FrozenWeight& w, const ProductEnd& end = {});
at::Tensor product_transposed(const at::Tensor& dy, const FrozenWeight& w, const ProductEnd& end = {});
void product_transposed_into(
    at::Tensor& dx, const at::Tensor& dy, const FrozenWeight& w, const ProductEnd& end = {});
/// Whether so few rows go that way.
bool are_few_rows(const at::Tensor& x, const FrozenWeight& w);

/// x · aᵀ in float32 though x [M, K] may be bfloat16; a float32 [R, K] → float32 [M, R]. A bfloat16 x meets a
/// as the sum of two bfloat16, which keeps 16 of its 24 bits.
at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& a);
/// scale · dy · b in float32; b float32 [N, R]. d_inner float32 [M, R], whose rows may be strided.
void narrow_product_transposed_into(
    at::Tensor& d_inner, const at::Tensor& dy, const at::Tensor& b, double scale = 1);

/// sᵀ · y in float32 (on a GPU a bfloat16 y meets s as the sum of two bfloat16): s float32 [M, R], y [M, N]
/// float32 or bfloat16, rows of both may be strided → [R, N].
at::Tensor outer_product(const at::Tensor& s, const at::Tensor& y);

} // namespace lora
