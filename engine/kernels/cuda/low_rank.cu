// The low-rank part of a product, added in float32. A warp takes neighbouring columns of a few rows: what it
// loads of the factor serves all of them.

#include "engine/kernels/cuda/lanes.cuh"

namespace lora {

namespace {

constexpr int rows_a_thread = 4;
constexpr int warps_a_block = 8;
constexpr int rows_a_block = rows_a_thread * warps_a_block;

template <class T, int count>
__global__ void add_low_rank_kernel(T* y, const float* inner, const float* factor, float scale,
    std::int64_t rows, std::int64_t stride, std::int64_t inner_stride, std::int64_t rank,
    std::int64_t width) {
    const std::int64_t column = (std::int64_t{blockIdx.y} * warp_size + threadIdx.x) * count;
    const std::int64_t first = (std::int64_t{blockIdx.x} * warps_a_block + threadIdx.y) * rows_a_thread;
    if (column >= width) return;
    Lanes<float, count> sums[rows_a_thread] = {};
    for (std::int64_t k = 0; k < rank; ++k) {
        const Lanes<float, count> from = load<count>(factor + k * width + column);
#pragma unroll
        for (int i = 0; i < rows_a_thread; ++i) {
            if (first + i >= rows) continue;
            const float weight = inner[(first + i) * inner_stride + k] * scale;
#pragma unroll
            for (int j = 0; j < count; ++j) sums[i].values[j] += weight * from.values[j];
        }
    }
#pragma unroll
    for (int i = 0; i < rows_a_thread; ++i) {
        if (first + i >= rows) continue;
        T* const to = y + (first + i) * stride + column;
        const Lanes<float, count> before = load<count>(to);
#pragma unroll
        for (int j = 0; j < count; ++j) sums[i].values[j] += before.values[j];
        store(to, sums[i]);
    }
}

} // namespace

template <class T>
void CudaRows<T>::add_low_rank(T* y, const float* inner, const float* factor, float scale, std::int64_t rows,
    std::int64_t stride, std::int64_t inner_stride, std::int64_t rank, std::int64_t width) const {
    if (rows == 0) return;
    const bool full = in_full_lanes<T>({y, factor}, {stride, width});
    const std::int64_t columns_a_block = warp_size * (full ? full_lanes<T> : 1);
    launch("the low-rank part", full ? add_low_rank_kernel<T, full_lanes<T>> : add_low_rank_kernel<T, 1>,
        dim3((rows + rows_a_block - 1) / rows_a_block, (width + columns_a_block - 1) / columns_a_block),
        dim3(warp_size, warps_a_block), queue_, y, inner, factor, scale, rows, stride, inner_stride, rank,
        width);
}

template void CudaRows<float>::add_low_rank(float*, const float*, const float*, float, std::int64_t,
    std::int64_t, std::int64_t, std::int64_t, std::int64_t) const;
template void CudaRows<BFloat16>::add_low_rank(BFloat16*, const float*, const float*, float, std::int64_t,
    std::int64_t, std::int64_t, std::int64_t, std::int64_t) const;

} // namespace lora
