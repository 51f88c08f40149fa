// Cross-entropy in the logits' place: a block takes a row, reads it once for its largest value and the sum of
// exponentials together, and once more where the gradient is wanted.

#include "engine/kernels/cuda/lanes.cuh"

#include <cfloat>

namespace lora {

namespace {

/// Σ exp(x − highest) of some values. Starts from the lowest finite value, so that an empty part and values
/// of −∞ count as nothing; a NaN or +∞ makes the sum NaN and is not hidden.
struct Exponentials {
    float highest = -FLT_MAX;
    float sum = 0;
};

__device__ Exponentials joined(const Exponentials& a, const Exponentials& b) {
    const float highest = fmaxf(a.highest, b.highest);
    return {highest, a.sum * expf(a.highest - highest) + b.sum * expf(b.highest - highest)};
}

__device__ Exponentials warp_joined(Exponentials part) {
#pragma unroll
    for (int apart = warp_size / 2; apart > 0; apart /= 2)
        part = joined(part,
            {__shfl_xor_sync(whole_warp, part.highest, apart), __shfl_xor_sync(whole_warp, part.sum, apart)});
    return part;
}

/// Over all threads of the block, which is whole warps and calls this once. Every thread ends with the first
/// warp's result: they differ in the last bit.
__device__ Exponentials block_joined(Exponentials part) {
    __shared__ float highest[warp_size], sums[warp_size];
    const int lane = static_cast<int>(threadIdx.x) % warp_size;
    const int warp = static_cast<int>(threadIdx.x) / warp_size;
    part = warp_joined(part);
    if (lane == 0) {
        highest[warp] = part.highest;
        sums[warp] = part.sum;
    }
    __syncthreads();
    if (warp == 0) {
        const bool used = lane < static_cast<int>(blockDim.x) / warp_size;
        part = warp_joined(used ? Exponentials{highest[lane], sums[lane]} : Exponentials{});
        if (lane == 0) {
            highest[0] = part.highest;
            sums[0] = part.sum;
        }
    }
    __syncthreads();
    return {highest[0], sums[0]};
}

template <int count>
__device__ void add(Exponentials& part, const Lanes<float, count>& in) {
    float highest = part.highest;
#pragma unroll
    for (int j = 0; j < count; ++j) highest = fmaxf(highest, in.values[j]);
    float sum = part.sum * expf(part.highest - highest);
#pragma unroll
    for (int j = 0; j < count; ++j) sum += expf(in.values[j] - highest);
    part = {highest, sum};
}

template <int count, class T>
__device__ void put_gradient(
    T* logits, std::int64_t i, std::int64_t target, const Exponentials& all, float inverse) {
    Lanes<float, count> out = load<count>(logits + i);
#pragma unroll
    for (int j = 0; j < count; ++j) {
        out.values[j] = expf(out.values[j] - all.highest) * inverse;
        if (i + j == target) out.values[j] -= 1.f;
    }
    store(logits + i, out);
}

template <class T, int count>
__global__ void cross_entropy_kernel(T* logits, const std::int64_t* targets, float* losses,
    std::int64_t stride, std::int64_t width, bool gradient) {
    logits += blockIdx.x * stride;
    const std::int64_t target = targets[blockIdx.x];
    const std::int64_t in_lanes = width / count * count;
    const std::int64_t begin = threadIdx.x * count, step = blockDim.x * count;
    const std::int64_t rest = in_lanes + threadIdx.x;
    Exponentials part;
    for (std::int64_t i = begin; i < in_lanes; i += step) add(part, load<count>(logits + i));
    if (rest < width) add(part, load<1>(logits + rest));
    const bool counts = target >= 0;
    // Read before the block meets, after which it is overwritten.
    const float wanted = counts ? widened(logits[target]) : 0.f;
    const Exponentials all = block_joined(part);
    if (threadIdx.x == 0) losses[blockIdx.x] = counts ? logf(all.sum) - (wanted - all.highest) : 0.f;
    if (!gradient) return;
    const float inverse = counts ? 1.f / all.sum : 0.f;
    for (std::int64_t i = begin; i < in_lanes; i += step)
        put_gradient<count>(logits, i, target, all, inverse);
    if (rest < width) put_gradient<1>(logits, rest, target, all, inverse);
}

} // namespace

template <class T>
void CudaRows<T>::cross_entropy(T* logits, const std::int64_t* targets, float* losses, std::int64_t rows,
    std::int64_t stride, std::int64_t width, bool gradient) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({logits}, {stride});
    launch("cross-entropy", full ? cross_entropy_kernel<T, full_lanes<T>> : cross_entropy_kernel<T, 1>,
        dim3(rows), threads_for(full ? width / full_lanes<T> : width), queue_, logits, targets, losses,
        stride, width, gradient);
}

template void CudaRows<float>::cross_entropy(
    float*, const std::int64_t*, float*, std::int64_t, std::int64_t, std::int64_t, bool) const;
template void CudaRows<BFloat16>::cross_entropy(
    BFloat16*, const std::int64_t*, float*, std::int64_t, std::int64_t, std::int64_t, bool) const;

} // namespace lora
