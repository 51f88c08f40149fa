#include "engine/kernels/fused.h"

#include "engine/kernels/rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

template <class T>
T* data(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}

const float* floats(const at::Tensor& tensor) { return tensor.const_data_ptr<float>(); }

/// Calls work(T{}, first row, rows) on the threads, with T the tensor's element type.
template <class Work>
void over_rows(const at::Tensor& tensor, std::int64_t grain, const Work& work) {
    at::parallel_for(0, tensor.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        if (tensor.scalar_type() == at::kFloat)
            work(float{}, begin, end - begin);
        else
            work(BFloat16{}, begin, end - begin);
    });
}

constexpr std::int64_t grain = 16;

} // namespace

std::pair<at::Tensor, at::Tensor> fused_rms_norm(
    const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    const std::int64_t width = x.size(1);
    at::Tensor y = at::empty_like(x);
    at::Tensor inverse_rms = at::empty({x.size(0)}, x.options().dtype(at::kFloat));
    over_rows(x, grain, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().rms_norm(data<T>(x) + row * width, data<T>(weight), data<T>(y) + row * width,
            data<float>(inverse_rms) + row, rows, width, static_cast<float>(epsilon));
    });
    return {std::move(y), std::move(inverse_rms)};
}

at::Tensor fused_rms_norm_backward(const at::Tensor& residual, const at::Tensor& dy, const at::Tensor& x,
    const at::Tensor& weight, const at::Tensor& inverse_rms) {
    const std::int64_t width = x.size(1);
    at::Tensor dx = at::empty_like(x);
    over_rows(x, grain, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().rms_norm_backward(data<T>(dy) + row * width, data<T>(x) + row * width,
            data<T>(weight), floats(inverse_rms) + row, data<T>(residual) + row * width,
            data<T>(dx) + row * width, rows, width);
    });
    return dx;
}

void fused_rotate(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, float direction) {
    const std::int64_t stride = rows.size(1), half = head_size / 2;
    over_rows(rows, grain, [&]<class T>(T, std::int64_t row, std::int64_t count) {
        row_kernels<T>().rotate(data<T>(rows) + row * stride, floats(cos) + row * half,
            floats(sin) + row * half, count, stride, heads, head_size, direction);
    });
}

at::Tensor fused_swiglu(const at::Tensor& gate_up) {
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor y = at::empty({gate_up.size(0), width}, gate_up.options());
    over_rows(gate_up, grain, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().swiglu(data<T>(gate_up) + row * 2 * width, data<T>(y) + row * width, rows, width);
    });
    return y;
}

at::Tensor fused_swiglu_backward(at::Tensor& gate_up, const at::Tensor& dy, bool wants_y) {
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor y = wants_y ? at::empty_like(dy) : at::Tensor();
    over_rows(gate_up, grain, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().swiglu_backward(data<T>(gate_up) + row * 2 * width, data<T>(dy) + row * width,
            wants_y ? data<T>(y) + row * width : nullptr, rows, width);
    });
    return y;
}

at::Tensor fused_cross_entropy(at::Tensor& logits, const at::Tensor& targets, bool gradient) {
    const std::int64_t width = logits.size(1), stride = logits.stride(0);
    at::Tensor losses = at::empty({logits.size(0)}, logits.options().dtype(at::kFloat));
    over_rows(logits, 1, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().cross_entropy(data<T>(logits) + row * stride,
            targets.const_data_ptr<std::int64_t>() + row, data<float>(losses) + row, rows, stride, width,
            gradient);
    });
    return losses;
}

void add_low_rank(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale) {
    const std::int64_t stride = y.size(1), inner_stride = inner.stride(0);
    over_rows(y, grain, [&]<class T>(T, std::int64_t row, std::int64_t rows) {
        row_kernels<T>().add_low_rank(data<T>(y) + row * stride + offset, floats(inner) + row * inner_stride,
            floats(factor), static_cast<float>(scale), rows, stride, inner_stride, factor.size(0),
            factor.size(1));
    });
}

} // namespace lora
