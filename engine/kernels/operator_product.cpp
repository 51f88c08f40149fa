#include "engine/kernels/operator_product.h"

#include "engine/kernels/fused.h"
#include "engine/machine/processor.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

void add_parts(at::Tensor& y, const std::vector<LowRankPart>& parts) {
    for (const LowRankPart& part : parts)
        add_low_rank(y, part.offset, part.inner, part.factor.contiguous(), part.scale);
}

constexpr std::int64_t widened_at_once = 1'000'000; // values of a weight: 4 MB

at::Tensor widened(const at::Tensor& narrow) { return narrow.to(at::kFloat); }

/// How much of a weight's long side is widened at a time, where its short one has so many values.
std::int64_t widened_step(std::int64_t length, std::int64_t short_side) {
    return std::clamp<std::int64_t>(widened_at_once / std::max<std::int64_t>(1, short_side), 1, length);
}

/// Columns `begin` to `begin + taken` of a product, with what is added to it, into y.
void put_columns(
    at::Tensor& y, at::Tensor& sums, const ProductEnd& end, std::int64_t begin, std::int64_t taken) {
    if (end.residual.defined()) sums.add_(end.residual.narrow(1, begin, taken));
    if (end.bias.defined()) sums.add_(end.bias.narrow(0, begin, taken));
    y.narrow(1, begin, taken).copy_(sums);
}

/// For a weight b that is as wide as a vocabulary: some of its columns at a time.
void multiply_widened_columns(
    at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    const std::int64_t columns = b.size(1), step = widened_step(columns, b.size(0));
    const at::Tensor wide = widened(a);
    const at::Tensor buffer = at::empty({y.size(0), step}, wide.options());
    for (std::int64_t begin = 0; begin < columns; begin += step) {
        const std::int64_t taken = std::min(step, columns - begin);
        at::Tensor sums = taken == step ? buffer : at::empty({y.size(0), taken}, buffer.options());
        at::mm_out(sums, wide, widened(b.narrow(1, begin, taken)));
        put_columns(y, sums, end, begin, taken);
    }
}

/// For a weight b, and rows of a, as deep as a vocabulary: some of that depth at a time.
void multiply_widened_depth(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    const std::int64_t depth = b.size(0), step = widened_step(depth, b.size(1));
    at::Tensor sums = at::empty({y.size(0), b.size(1)}, a.options().dtype(at::kFloat));
    for (std::int64_t begin = 0; begin < depth; begin += step) {
        const std::int64_t taken = std::min(step, depth - begin);
        sums.addmm_(
            widened(a.narrow(1, begin, taken)), widened(b.narrow(0, begin, taken)), begin == 0 ? 0 : 1);
    }
    put_columns(y, sums, end, 0, b.size(1));
}

/// a · b in float32, rounded once where no low-rank parts follow. No second copy of a weight, or of what is
/// as wide as a vocabulary, is made.
void multiply_widened(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    if (b.size(0) > b.size(1))
        multiply_widened_depth(y, a, b, end);
    else
        multiply_widened_columns(y, a, b, end);
    add_parts(y, end.parts);
}

} // namespace

bool aten_multiplies_slowly(const at::Tensor& x) {
#if defined(__x86_64__)
    return x.is_cpu() && x.scalar_type() == at::kBFloat16 && !has_avx512() && x.numel() > x.size(-1);
#else
    return false;
#endif
}

void multiply_by_operators(at::Tensor& y, const at::Tensor& a, const at::Tensor& b, const ProductEnd& end) {
    if (aten_multiplies_slowly(a)) return multiply_widened(y, a, b, end);
    if (end.residual.defined())
        at::addmm_out(y, end.residual, a, b);
    else if (end.bias.defined())
        at::addmm_out(y, end.bias, a, b);
    else
        at::mm_out(y, a, b);
    add_parts(y, end.parts);
    if (end.residual.defined() && end.bias.defined()) y.add_(end.bias);
}

} // namespace lora
