#pragma once
// What the kernels share: several neighbouring values moved at once, sums over a block, launches.

#include "engine/kernels/cuda/rows.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include <cuda_bf16.h>

namespace lora {

/// Neighbouring values that a thread loads and stores together, 16 bytes at a time.
template <class T, int count>
struct alignas(sizeof(T) * count < 16 ? sizeof(T) * count : 16) Lanes {
    T values[count];
};

/// So many of T are 16 bytes.
template <class T>
constexpr int full_lanes = 16 / static_cast<int>(sizeof(T));

__device__ inline float widened(float x) { return x; }
__device__ inline float widened(BFloat16 x) {
    return __uint_as_float(static_cast<std::uint32_t>(x.bits) << 16);
}

template <class T>
__device__ T narrowed(float x);
template <>
__device__ inline float narrowed<float>(float x) {
    return x;
}
template <>
__device__ inline BFloat16 narrowed<BFloat16>(float x) {
    return {__bfloat16_as_ushort(__float2bfloat16_rn(x))};
}

template <int count, class T>
__device__ Lanes<float, count> load(const T* from) {
    const Lanes<T, count> raw = *reinterpret_cast<const Lanes<T, count>*>(from);
    Lanes<float, count> wide;
#pragma unroll
    for (int j = 0; j < count; ++j) wide.values[j] = widened(raw.values[j]);
    return wide;
}

template <class T, int count>
__device__ void store(T* to, const Lanes<float, count>& wide) {
    Lanes<T, count> raw;
#pragma unroll
    for (int j = 0; j < count; ++j) raw.values[j] = narrowed<T>(wide.values[j]);
    *reinterpret_cast<Lanes<T, count>*>(to) = raw;
}

constexpr int warp_size = 32;
constexpr unsigned whole_warp = 0xffffffff;

__device__ inline float warp_sum(float x) {
#pragma unroll
    for (int apart = warp_size / 2; apart > 0; apart /= 2) x += __shfl_xor_sync(whole_warp, x, apart);
    return x;
}

/// The sum over all threads of the block, for each of them. The block is whole warps and calls this once.
__device__ inline float block_sum(float x) {
    __shared__ float sums[warp_size];
    const int lane = static_cast<int>(threadIdx.x) % warp_size;
    x = warp_sum(x);
    if (lane == 0) sums[threadIdx.x / warp_size] = x;
    __syncthreads();
    return warp_sum(lane < static_cast<int>(blockDim.x) / warp_size ? sums[lane] : 0.f);
}

/// Whole warps, as many threads as there are pieces of work in a row, at most `most`.
inline unsigned threads_for(std::int64_t pieces, std::int64_t most = 512) {
    return static_cast<unsigned>(
        std::clamp<std::int64_t>((pieces + warp_size - 1) / warp_size * warp_size, warp_size, most));
}

/// Whether pieces of `count` values of these rows begin where 16 bytes (or one value) may be moved at once.
template <class T>
bool in_full_lanes(
    std::initializer_list<const void*> pointers, std::initializer_list<std::int64_t> distances) {
    return std::all_of(pointers.begin(), pointers.end(), [](const void* pointer) {
        return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
    }) && std::all_of(distances.begin(), distances.end(), [](std::int64_t distance) {
        return distance % full_lanes<T> == 0;
    });
}

inline void check(cudaError_t status, const char* what) {
    if (status != cudaSuccess)
        throw std::runtime_error(std::string("CUDA: ") + what + ": " + cudaGetErrorString(status));
}

/// Puts a kernel on the queue. CUDA's runtime is linked into us once more beside torch's, and each keeps its
/// own idea of the thread's GPU.
template <class... Parameters, class... Arguments>
void launch(const char* name, void (*kernel)(Parameters...), dim3 blocks, dim3 threads,
    const CudaQueue& queue, Arguments... arguments) {
    check(cudaSetDevice(queue.device), name);
    kernel<<<blocks, threads, 0, queue.stream>>>(static_cast<Parameters>(arguments)...);
    check(cudaGetLastError(), name);
}

} // namespace lora
