// The norm, rotary positions and gates: a block takes a row, its threads pieces of it.

#include "engine/kernels/cuda/lanes.cuh"

namespace lora {

namespace {

template <class T, int count>
__global__ void rms_norm_kernel(
    const T* x, const T* weight, T* y, float* inverse_rms, std::int64_t width, float epsilon, float offset) {
    x += blockIdx.x * width;
    y += blockIdx.x * width;
    float squares = 0;
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        const Lanes<float, count> in = load<count>(x + i);
#pragma unroll
        for (int j = 0; j < count; ++j) squares += in.values[j] * in.values[j];
    }
    const float inverse = 1.f / sqrtf(block_sum(squares) / static_cast<float>(width) + epsilon);
    if (threadIdx.x == 0) inverse_rms[blockIdx.x] = inverse;
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        Lanes<float, count> out = load<count>(x + i);
        const Lanes<float, count> factor = load<count>(weight + i);
#pragma unroll
        for (int j = 0; j < count; ++j) out.values[j] = out.values[j] * inverse * (factor.values[j] + offset);
        store(y + i, out);
    }
}

// With n = x · s and g = w ∘ dy: dx = s · (g − n · mean(g ∘ n)).
template <class T, int count>
__global__ void rms_norm_backward_kernel(const T* dy, const T* x, const T* weight, const float* inverse_rms,
    const T* residual, T* dx, std::int64_t width, float offset) {
    const std::int64_t begin = blockIdx.x * width;
    dy += begin;
    x += begin;
    residual += begin;
    dx += begin;
    const float inverse = inverse_rms[blockIdx.x];
    float along = 0;
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        const Lanes<float, count> in = load<count>(x + i), d = load<count>(dy + i),
                                  factor = load<count>(weight + i);
#pragma unroll
        for (int j = 0; j < count; ++j) along += d.values[j] * (factor.values[j] + offset) * in.values[j];
    }
    const float share = block_sum(along) * inverse * inverse / static_cast<float>(width);
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        const Lanes<float, count> in = load<count>(x + i), d = load<count>(dy + i),
                                  factor = load<count>(weight + i);
        Lanes<float, count> out = load<count>(residual + i);
#pragma unroll
        for (int j = 0; j < count; ++j)
            out.values[j] += inverse * (d.values[j] * (factor.values[j] + offset) - in.values[j] * share);
        store(dx + i, out);
    }
}

/// `all` pairs a row, `pairs` of each head; the two of a pair lie `apart`, pairs `step` after each other.
template <class T, int count>
__global__ void rotate_kernel(T* x, const float* cos, const float* sin, std::int64_t stride,
    std::int64_t head_size, std::int64_t pairs, std::int64_t all, std::int64_t step, std::int64_t apart,
    float direction) {
    x += blockIdx.x * stride;
    cos += blockIdx.x * pairs;
    sin += blockIdx.x * pairs;
    for (std::int64_t i = threadIdx.x * count; i < all; i += blockDim.x * count) {
        const std::int64_t head = i / pairs, j0 = i - head * pairs;
        T* const first = x + head * head_size + step * j0;
        T* const second = first + apart;
        Lanes<float, count> a = load<count>(first), b = load<count>(second);
        const Lanes<float, count> c = load<count>(cos + j0), s = load<count>(sin + j0);
#pragma unroll
        for (int j = 0; j < count; ++j) {
            const float turn = s.values[j] * direction, before = a.values[j];
            a.values[j] = before * c.values[j] - b.values[j] * turn;
            b.values[j] = b.values[j] * c.values[j] + before * turn;
        }
        store(first, a);
        store(second, b);
    }
}

/// An activation's value and its slope.
struct Point {
    float y, slope;
};

__device__ Point point(Activation activation, float x) {
    constexpr float root = 0.79788456f, cubic = 0.044715f;
    switch (activation) {
    case Activation::Silu: {
        const float s = 1.f / (1.f + expf(-x)), y = x * s;
        return {y, s + y * (1.f - s)};
    }
    case Activation::Gelu: {
        const float below = normcdff(x);
        return {x * below, below + x * expf(-0.5f * x * x) * 0.39894228f};
    }
    case Activation::GeluTanh: {
        const float t = tanhf(root * (x + cubic * x * x * x)), half = 0.5f * (1.f + t);
        return {x * half, half + 0.5f * x * (1.f - t * t) * root * (1.f + 3.f * cubic * x * x)};
    }
    case Activation::Relu: return {fmaxf(x, 0.f), x > 0 ? 1.f : 0.f};
    case Activation::ReluSquared: break;
    }
    const float above = fmaxf(x, 0.f);
    return {above * above, 2.f * above};
}

template <class T, int count>
__global__ void gated_kernel(const T* gate_up, T* y, std::int64_t width, Activation activation) {
    gate_up += blockIdx.x * 2 * width;
    y += blockIdx.x * width;
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        const Lanes<float, count> gate = load<count>(gate_up + i), up = load<count>(gate_up + width + i);
        Lanes<float, count> out;
#pragma unroll
        for (int j = 0; j < count; ++j) out.values[j] = point(activation, gate.values[j]).y * up.values[j];
        store(y + i, out);
    }
}

template <class T, int count>
__global__ void gated_backward_kernel(
    T* gate_up, const T* dy, T* y, std::int64_t width, Activation activation) {
    gate_up += blockIdx.x * 2 * width;
    dy += blockIdx.x * width;
    for (std::int64_t i = threadIdx.x * count; i < width; i += blockDim.x * count) {
        Lanes<float, count> gate = load<count>(gate_up + i), up = load<count>(gate_up + width + i), out;
        const Lanes<float, count> d = load<count>(dy + i);
#pragma unroll
        for (int j = 0; j < count; ++j) {
            const Point at = point(activation, gate.values[j]);
            out.values[j] = at.y * up.values[j];
            gate.values[j] = d.values[j] * up.values[j] * at.slope;
            up.values[j] = d.values[j] * at.y;
        }
        store(gate_up + i, gate);
        store(gate_up + width + i, up);
        if (y != nullptr) store(y + blockIdx.x * width + i, out);
    }
}

} // namespace

bool runs_cuda_kernels(int device) {
    cudaFuncAttributes attributes;
    const bool runs = cudaSetDevice(device) == cudaSuccess
                      && cudaFuncGetAttributes(&attributes, gated_kernel<float, 1>) == cudaSuccess;
    if (!runs) cudaGetLastError(); // the next call's fault is not this one
    return runs;
}

template <class T>
void CudaRows<T>::rms_norm(const T* x, const T* weight, T* y, float* inverse_rms, std::int64_t rows,
    std::int64_t width, float epsilon, float offset) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({x, weight, y}, {width});
    const std::int64_t pieces = full ? width / full_lanes<T> : width;
    launch("RMSNorm", full ? rms_norm_kernel<T, full_lanes<T>> : rms_norm_kernel<T, 1>, dim3(rows),
        threads_for(pieces), queue_, x, weight, y, inverse_rms, width, epsilon, offset);
}

template <class T>
void CudaRows<T>::rms_norm_backward(const T* dy, const T* x, const T* weight, const float* inverse_rms,
    const T* residual, T* dx, std::int64_t rows, std::int64_t width, float offset) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({dy, x, weight, residual, dx}, {width});
    const std::int64_t pieces = full ? width / full_lanes<T> : width;
    launch("RMSNorm's backward",
        full ? rms_norm_backward_kernel<T, full_lanes<T>> : rms_norm_backward_kernel<T, 1>, dim3(rows),
        threads_for(pieces), queue_, dy, x, weight, inverse_rms, residual, dx, width, offset);
}

template <class T>
void CudaRows<T>::rotate(T* x, const float* cos, const float* sin, std::int64_t rows, std::int64_t stride,
    std::int64_t heads, std::int64_t head_size, std::int64_t pairs, bool neighbours, float direction) const {
    if (rows == 0) return;
    const std::int64_t all = heads * pairs, step = neighbours ? 2 : 1, apart = neighbours ? 1 : pairs;
    const bool full = !neighbours && in_full_lanes<T>({x, cos, sin}, {stride, head_size, pairs});
    launch("rotary positions", full ? rotate_kernel<T, full_lanes<T>> : rotate_kernel<T, 1>, dim3(rows),
        threads_for(full ? all / full_lanes<T> : all), queue_, x, cos, sin, stride, head_size, pairs, all,
        step, apart, direction);
}

template <class T>
void CudaRows<T>::gated(
    const T* gate_up, T* y, std::int64_t rows, std::int64_t width, Activation activation) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({gate_up, y}, {width});
    launch("the gate", full ? gated_kernel<T, full_lanes<T>> : gated_kernel<T, 1>, dim3(rows),
        threads_for(full ? width / full_lanes<T> : width), queue_, gate_up, y, width, activation);
}

template <class T>
void CudaRows<T>::gated_backward(T* gate_up, const T* dy, T* y, std::int64_t rows, std::int64_t width,
    Activation activation) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({gate_up, dy, y}, {width});
    launch("the gate's backward", full ? gated_backward_kernel<T, full_lanes<T>> : gated_backward_kernel<T, 1>,
        dim3(rows), threads_for(full ? width / full_lanes<T> : width), queue_, gate_up, dy, y, width,
        activation);
}

template class CudaRows<float>;
template class CudaRows<BFloat16>;

} // namespace lora
