#include "engine/kernels/fused.h"

#include "engine/kernels/elements.h"
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/rows.h"
#ifdef LORA_CUDA_KERNELS
#include "engine/kernels/cuda/rows.h"
#endif

#include <array>
#include <limits>
#include <mutex>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace lora {

namespace {

const float* floats(const at::Tensor& tensor) { return tensor.const_data_ptr<float>(); }

#ifdef LORA_CUDA_KERNELS
bool runs_on_gpu(const at::Device& device) {
    if (!device.is_cuda()) return false;
    struct Answer {
        std::once_flag asked;
        bool runs = false;
    };
    // Asked of a GPU when it is first used: the question alone takes memory of every GPU that it is put to.
    static std::array<Answer, std::numeric_limits<c10::DeviceIndex>::max()> answers;
    Answer& answer = answers.at(static_cast<std::size_t>(device.index()));
    std::call_once(answer.asked, [&] {
        const c10::DeviceGuard guard(device);
        answer.runs = runs_cuda_kernels(device.index());
    });
    return answer.runs;
}

template <class T>
CudaRows<T> gpu_rows(const at::Device& device) {
    const c10::impl::VirtualGuardImpl cuda(device.type());
    void* const stream = cuda.getStreamNativeHandle(cuda.getStream(device));
    return CudaRows<T>({device.index(), static_cast<CUstream_st*>(stream)});
}
#else
bool runs_on_gpu(const at::Device& /*device*/) { return false; }
#endif

bool has_loops(const at::Tensor& tensor) { return tensor.is_cpu() || runs_on_gpu(tensor.device()); }

/// Calls work(T{}, loops of T, first row, rows), with T the tensor's element type: on the CPU's threads, or
/// once for all rows on the GPU.
template <class Work>
void over_rows(const at::Tensor& tensor, std::int64_t grain, const Work& work) {
    const bool is_float = tensor.scalar_type() == at::kFloat;
#ifdef LORA_CUDA_KERNELS
    if (tensor.is_cuda()) {
        const c10::DeviceGuard guard(tensor.device());
        if (is_float)
            work(float{}, gpu_rows<float>(tensor.device()), 0, tensor.size(0));
        else
            work(BFloat16{}, gpu_rows<BFloat16>(tensor.device()), 0, tensor.size(0));
        return;
    }
#endif
    at::parallel_for(0, tensor.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        if (is_float)
            work(float{}, row_kernels<float>(), begin, end - begin);
        else
            work(BFloat16{}, row_kernels<BFloat16>(), begin, end - begin);
    });
}

constexpr std::int64_t grain = 16;

} // namespace

std::pair<at::Tensor, at::Tensor> fused_rms_norm(
    const at::Tensor& x, const at::Tensor& weight, double epsilon, double offset) {
    if (!has_loops(x)) return rms_norm_by_operators(x, weight, epsilon, offset);
    const std::int64_t width = x.size(1);
    at::Tensor y = at::empty_like(x);
    at::Tensor inverse_rms = at::empty({x.size(0)}, x.options().dtype(at::kFloat));
    over_rows(x, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.rms_norm(elements<T>(x) + row * width, elements<T>(weight), elements<T>(y) + row * width,
            elements<float>(inverse_rms) + row, rows, width, static_cast<float>(epsilon),
            static_cast<float>(offset));
    });
    return {std::move(y), std::move(inverse_rms)};
}

at::Tensor fused_rms_norm_backward(const at::Tensor& residual, const at::Tensor& dy, const at::Tensor& x,
    const at::Tensor& weight, const at::Tensor& inverse_rms, double offset) {
    if (!has_loops(x)) return rms_norm_backward_by_operators(residual, dy, x, weight, inverse_rms, offset);
    const std::int64_t width = x.size(1);
    at::Tensor dx = residual.defined() ? at::empty_like(x) : at::zeros_like(x);
    const at::Tensor& added = residual.defined() ? residual : dx;
    over_rows(x, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.rms_norm_backward(elements<T>(dy) + row * width, elements<T>(x) + row * width,
            elements<T>(weight), floats(inverse_rms) + row, elements<T>(added) + row * width,
            elements<T>(dx) + row * width, rows, width, static_cast<float>(offset));
    });
    return dx;
}

void fused_rotate(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, float direction, RotaryPairs pairs) {
    const bool neighbours = pairs == RotaryPairs::Neighbours;
    if (!has_loops(rows)) return rotate_by_operators(rows, cos, sin, heads, head_size, neighbours, direction);
    const std::int64_t stride = rows.size(1), count = cos.size(1);
    over_rows(rows, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t some) {
        loops.rotate(elements<T>(rows) + row * stride, floats(cos) + row * count, floats(sin) + row * count,
            some, stride, heads, head_size, count, neighbours, direction);
    });
}

at::Tensor fused_gated(const at::Tensor& gate_up, Activation activation) {
    if (!has_loops(gate_up)) return gated_by_operators(gate_up, activation);
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor y = at::empty({gate_up.size(0), width}, gate_up.options());
    over_rows(gate_up, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.gated(
            elements<T>(gate_up) + row * 2 * width, elements<T>(y) + row * width, rows, width, activation);
    });
    return y;
}

at::Tensor fused_gated_backward(
    at::Tensor& gate_up, const at::Tensor& dy, Activation activation, bool wants_y) {
    if (!has_loops(gate_up)) return gated_backward_by_operators(gate_up, dy, activation, wants_y);
    const std::int64_t width = gate_up.size(1) / 2;
    at::Tensor y = wants_y ? at::empty_like(dy) : at::Tensor();
    over_rows(gate_up, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.gated_backward(elements<T>(gate_up) + row * 2 * width, elements<T>(dy) + row * width,
            wants_y ? elements<T>(y) + row * width : nullptr, rows, width, activation);
    });
    return y;
}

at::Tensor fused_cross_entropy(at::Tensor& logits, const at::Tensor& targets, bool gradient) {
    if (!has_loops(logits)) return cross_entropy_by_operators(logits, targets, gradient);
    const std::int64_t width = logits.size(1), stride = logits.stride(0);
    at::Tensor losses = at::empty({logits.size(0)}, logits.options().dtype(at::kFloat));
    over_rows(logits, 1, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.cross_entropy(elements<T>(logits) + row * stride, targets.const_data_ptr<std::int64_t>() + row,
            elements<float>(losses) + row, rows, stride, width, gradient);
    });
    return losses;
}

void add_low_rank(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale) {
    if (!has_loops(y)) return add_low_rank_by_operators(y, offset, inner, factor, scale);
    const std::int64_t stride = y.size(1), inner_stride = inner.stride(0);
    over_rows(y, grain, [&]<class T>(T, const auto& loops, std::int64_t row, std::int64_t rows) {
        loops.add_low_rank(elements<T>(y) + row * stride + offset, floats(inner) + row * inner_stride,
            floats(factor), static_cast<float>(scale), rows, stride, inner_stride, factor.size(0),
            factor.size(1));
    });
}

} // namespace lora
