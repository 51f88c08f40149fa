#pragma once
// How the rows of a projection's piece are shared out among threads, so that sums do not depend on how many
// there are.

#include <algorithm>
#include <cstdint>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#ifndef INTRA_OP_PARALLEL
#error "compiled without OpenMP: at::parallel_for would do everything on one thread"
#endif

namespace lora {

constexpr std::int64_t projection_slices = 8;

/// Calls work(begin, end) for slices of 0 … units, side by side.
template <class Work>
void in_slices(std::int64_t units, const Work& work) {
    at::parallel_for(0, projection_slices, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t slice = first; slice < last; ++slice)
            work(units * slice / projection_slices, units * (slice + 1) / projection_slices);
    });
}

/// The same with work(begin, end, sums), where sums [d] is the slice's own; they are added to x in order.
template <class T, class Work>
void sum_of_slices(std::int64_t units, at::Tensor& x, const Work& work) {
    const at::Tensor sums = at::zeros({projection_slices, x.numel()}, x.options());
    at::parallel_for(0, projection_slices, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t slice = first; slice < last; ++slice)
            work(units * slice / projection_slices, units * (slice + 1) / projection_slices,
                sums.mutable_data_ptr<T>() + slice * x.numel());
    });
    x.add_(sums.sum(0));
}

/// Calls work(T{}) with the element type of a projection's vectors.
template <class Work>
void for_type_of(const at::Tensor& vector, const Work& work) {
    if (vector.scalar_type() == at::kDouble)
        work(double{});
    else
        work(float{});
}

} // namespace lora
