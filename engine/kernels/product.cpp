#include "engine/kernels/product.h"

#include "engine/kernels/elements.h"
#include "engine/kernels/operator_product.h"
#include "engine/kernels/own_product.h"
#include "engine/kernels/rows.h"
#include "engine/kernels/split_bfloat16.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#ifndef INTRA_OP_PARALLEL
#error "compiled without OpenMP: at::parallel_for would do everything on one thread"
#endif

namespace lora {

namespace {

at::Tensor rows_of(std::int64_t rows, std::int64_t width, const at::Tensor& like) {
    return at::empty({rows, width}, like.options());
}

/// Whether x is bfloat16 that meets a narrow float32 factor in two.
bool takes_split(const at::Tensor& x) { return x.is_cuda() || fits_own_product(x, x, x.size(1)); }

/// to = x · factor in float32. halves: the factor in two, [2R, K], or [K, 2R] where `transposed`.
void multiply_split(at::Tensor& to, const at::Tensor& x, const at::Tensor& halves, bool transposed) {
    if (x.is_cuda()) return join_split(to, at::mm(x, transposed ? halves : halves.t(), at::kFloat), 1);
    at::Tensor both = at::empty({x.size(0), 2 * to.size(1)}, to.options());
    multiply_own(both, x, halves, {}, transposed);
    join_split(to, both, 1);
}

} // namespace

void product_into(at::Tensor& y, const at::Tensor& x, const at::Tensor& w, const ProductEnd& end) {
    if (fits_own_product(x, w, x.size(1))) return multiply_own(y, x, w, end, false);
    multiply_by_operators(y, x, w.t(), end);
}

at::Tensor product(const at::Tensor& x, const at::Tensor& w, const ProductEnd& end) {
    at::Tensor y = rows_of(x.size(0), w.size(0), x);
    product_into(y, x, w, end);
    return y;
}

void product_transposed_into(
    at::Tensor& dx, const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end) {
    if (fits_own_product(dy, w, dy.size(1))) return multiply_own(dx, dy, w, end, true);
    multiply_by_operators(dx, dy, w, end);
}

at::Tensor product_transposed(const at::Tensor& dy, const at::Tensor& w, const ProductEnd& end) {
    at::Tensor dx = rows_of(dy.size(0), w.size(1), dy);
    product_transposed_into(dx, dy, w, end);
    return dx;
}

at::Tensor narrow_product(const at::Tensor& x, const at::Tensor& a) {
    if (x.scalar_type() == at::kFloat) return product(x, a);
    at::Tensor inner = at::empty({x.size(0), a.size(0)}, a.options());
    if (takes_split(x))
        multiply_split(inner, x, split_bfloat16(a, 0), false);
    else
        at::mm_out(inner, x.to(at::kFloat), a.t());
    return inner;
}

void narrow_product_transposed_into(
    at::Tensor& d_inner, const at::Tensor& dy, const at::Tensor& b, double scale) {
    if (dy.scalar_type() == at::kFloat)
        at::mul_out(d_inner, product_transposed(dy, b), at::scalar_tensor(scale));
    else if (takes_split(dy))
        multiply_split(d_inner, dy, split_bfloat16(b, 1, scale), true);
    else
        at::mul_out(d_inner, dy.to(at::kFloat).mm(b), at::scalar_tensor(scale));
}

at::Tensor outer_product(const at::Tensor& s, const at::Tensor& y) {
    if (y.is_cuda() && y.scalar_type() == at::kBFloat16) {
        at::Tensor sums = at::empty({s.size(1), y.size(1)}, s.options());
        join_split(sums, at::mm(split_bfloat16(s, 1).t(), y, at::kFloat), 0);
        return sums;
    }
    if (!y.is_cpu()) return s.t().mm(y.to(at::kFloat));
    at::Tensor sums = at::empty({s.size(1), y.size(1)}, s.options());
    constexpr std::int64_t block = 96; // columns a thread takes at a time
    at::parallel_for(0, (y.size(1) + block - 1) / block, 1, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t column = begin * block;
        const std::int64_t width = std::min(end * block, y.size(1)) - column;
        const auto work = [&]<class T>(T) {
            row_kernels<T>().outer_product(elements<T>(y) + column, s.const_data_ptr<float>(),
                elements<float>(sums) + column, y.size(0), y.stride(0), s.stride(0), y.size(1), s.size(1),
                width);
        };
        if (y.scalar_type() == at::kFloat)
            work(float{});
        else
            work(BFloat16{});
    });
    return sums;
}

} // namespace lora
