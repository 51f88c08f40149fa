#include "engine/kernels/post_norm.h"

#include "engine/kernels/elements.h"
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/post_norm_loops.h"
#include "engine/machine/processor.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#ifndef INTRA_OP_PARALLEL
#error "compiled without OpenMP: at::parallel_for would do everything on one thread"
#endif

namespace lora {

namespace {

template <class T>
const PostNormKernels<T>& kernels();

template <>
const PostNormKernels<float>& kernels<float>() {
    return for_processor(float_post_norm_plain, float_post_norm_avx2, float_post_norm_avx512)();
}

template <>
const PostNormKernels<BFloat16>& kernels<BFloat16>() {
    return for_processor(bfloat16_post_norm_plain, bfloat16_post_norm_avx2, bfloat16_post_norm_avx512)();
}

/// Calls work(T{}, first row, rows) on the threads, with T the tensor's element type.
template <class Work>
void over_rows(const at::Tensor& tensor, const Work& work) {
    constexpr std::int64_t rows_a_task = 16;
    at::parallel_for(0, tensor.size(0), rows_a_task, [&](std::int64_t begin, std::int64_t end) {
        if (tensor.scalar_type() == at::kFloat)
            work(float{}, begin, end - begin);
        else
            work(BFloat16{}, begin, end - begin);
    });
}

} // namespace

NormedSum add_and_norm(const at::Tensor& x, at::Tensor branch, const at::Tensor& weight,
    const at::Tensor& bias, double epsilon, const DropoutBits& dropout) {
    const std::int64_t width = x.size(1);
    const at::TensorOptions floats = x.options().dtype(at::kFloat);
    NormedSum made{
        std::move(branch), at::empty_like(x), at::empty({x.size(0)}, floats), at::empty({x.size(0)}, floats)};
    over_rows(x, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * width;
        kernels<T>().norm(elements<T>(x) + at, elements<T>(made.sums) + at, elements<T>(weight),
            elements<T>(bias), elements<T>(made.y) + at, elements<float>(made.mean) + row,
            elements<float>(made.inverse) + row, rows, width, static_cast<float>(epsilon), dropout, row);
    });
    return made;
}

std::pair<at::Tensor, at::Tensor> add_and_norm_backward(
    const at::Tensor& dy, const NormedSum& kept, const at::Tensor& weight, const DropoutBits& dropout) {
    const std::int64_t width = dy.size(1);
    at::Tensor d_sums = at::empty_like(dy);
    at::Tensor d_branch = dropout.threshold ? at::empty_like(dy) : d_sums;
    over_rows(dy, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * width;
        kernels<T>().norm_backward(elements<T>(dy) + at, elements<T>(kept.sums) + at, elements<T>(weight),
            elements<float>(kept.mean) + row, elements<float>(kept.inverse) + row, elements<T>(d_sums) + at,
            elements<T>(d_branch) + at, rows, width, dropout, row);
    });
    return {std::move(d_sums), std::move(d_branch)};
}

std::pair<at::Tensor, RowMoments> fused_layer_norm(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon) {
    if (!x.is_cpu()) {
        auto [y, mean, inverse] = layer_norm_by_operators(x, weight, bias, epsilon);
        return {std::move(y), {std::move(mean), std::move(inverse)}};
    }
    const std::int64_t width = x.size(1);
    const at::TensorOptions floats = x.options().dtype(at::kFloat);
    at::Tensor y = at::empty_like(x);
    RowMoments moments{at::empty({x.size(0)}, floats), at::empty({x.size(0)}, floats)};
    over_rows(x, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * width;
        kernels<T>().layer_norm(elements<T>(x) + at, elements<T>(weight), elements<T>(bias),
            elements<T>(y) + at, elements<float>(moments.mean) + row, elements<float>(moments.inverse) + row,
            rows, width, static_cast<float>(epsilon));
    });
    return {std::move(y), std::move(moments)};
}

at::Tensor fused_layer_norm_backward(const at::Tensor& residual, const at::Tensor& dy, const at::Tensor& x,
    const at::Tensor& weight, const RowMoments& moments) {
    if (!x.is_cpu())
        return layer_norm_backward_by_operators(residual, dy, x, weight, moments.mean, moments.inverse);
    const std::int64_t width = x.size(1);
    at::Tensor dx = residual.defined() ? at::empty_like(x) : at::zeros_like(x);
    const at::Tensor& added = residual.defined() ? residual : dx;
    over_rows(x, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * width;
        kernels<T>().layer_norm_backward(elements<T>(dy) + at, elements<T>(x) + at, elements<T>(weight),
            elements<float>(moments.mean) + row, elements<float>(moments.inverse) + row,
            elements<T>(added) + at, elements<T>(dx) + at, rows, width);
    });
    return dx;
}

at::Tensor fused_activation(const at::Tensor& x, Activation activation) {
    if (!x.is_cpu()) return activation_by_operators(x, activation);
    at::Tensor y = at::empty_like(x);
    over_rows(x, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * x.size(1);
        kernels<T>().activate(elements<T>(x) + at, elements<T>(y) + at, rows * x.size(1), activation);
    });
    return y;
}

void fused_activation_backward(at::Tensor& x, const at::Tensor& dy, Activation activation) {
    if (!x.is_cpu()) return activation_backward_by_operators(x, dy, activation);
    over_rows(x, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        const std::int64_t at = row * x.size(1);
        kernels<T>().activate_backward(
            elements<T>(x) + at, elements<T>(dy) + at, rows * x.size(1), activation);
    });
}

} // namespace lora
