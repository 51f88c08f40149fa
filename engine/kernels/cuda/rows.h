#pragma once
// The loops of engine/kernels/rows.h on an NVIDIA GPU: the same arithmetic on the same arguments, all
// pointers into the GPU's memory. Each call is queued on a stream and returns at once; it throws
// std::runtime_error where the driver refuses it. Knows neither torch nor CUDA's headers.

#include "engine/kernels/activation.h"
#include "engine/kernels/bfloat16.h"

#include <cstdint>

struct CUstream_st;

namespace lora {

/// A queue of a GPU's work.
struct CudaQueue {
    int device = 0;
    CUstream_st* stream = nullptr;
};

/// Whether this GPU and its driver run these kernels: they are compiled for compute capability 8.0 and later.
bool runs_cuda_kernels(int device);

/// T: float or BFloat16. Sums are float32 throughout. What each function does: RowKernels in rows.h.
template <class T>
class CudaRows {
public:
    explicit CudaRows(const CudaQueue& queue) : queue_(queue) {}

    void rms_norm(const T* x, const T* weight, T* y, float* inverse_rms, std::int64_t rows,
        std::int64_t width, float epsilon, float offset) const;
    void rms_norm_backward(const T* dy, const T* x, const T* weight, const float* inverse_rms,
        const T* residual, T* dx, std::int64_t rows, std::int64_t width, float offset) const;
    void rotate(T* x, const float* cos, const float* sin, std::int64_t rows, std::int64_t stride,
        std::int64_t heads, std::int64_t head_size, std::int64_t pairs, bool neighbours,
        float direction) const;
    void gated(const T* gate_up, T* y, std::int64_t rows, std::int64_t width, Activation activation) const;
    void gated_backward(
        T* gate_up, const T* dy, T* y, std::int64_t rows, std::int64_t width, Activation activation) const;
    void cross_entropy(T* logits, const std::int64_t* targets, float* losses, std::int64_t rows,
        std::int64_t stride, std::int64_t width, bool gradient) const;
    void add_low_rank(T* y, const float* inner, const float* factor, float scale, std::int64_t rows,
        std::int64_t stride, std::int64_t inner_stride, std::int64_t rank, std::int64_t width) const;

private:
    CudaQueue queue_;
};

} // namespace lora
