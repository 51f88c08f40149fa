#include "engine/kernels/split_bfloat16.h"

#include "engine/kernels/rows.h"

#include <ATen/ATen.h>

namespace lora {

at::Tensor split_bfloat16(const at::Tensor& a, std::int64_t dimension, double scale) {
    if (!a.is_cpu()) {
        const at::Tensor scaled = scale == 1 ? a : a.mul(scale), high = scaled.to(at::kBFloat16);
        return at::cat({high, scaled.sub(high).to(at::kBFloat16)}, dimension);
    }
    const at::Tensor whole = a.contiguous();
    const std::int64_t rows = a.size(0), width = a.size(1);
    at::Tensor halves = dimension == 0 ? at::empty({2 * rows, width}, a.options().dtype(at::kBFloat16))
                                       : at::empty({rows, 2 * width}, a.options().dtype(at::kBFloat16));
    auto* const high = static_cast<BFloat16*>(halves.mutable_data_ptr());
    row_kernels<BFloat16>().split_bfloat16(whole.const_data_ptr<float>(), high,
        high + (dimension == 0 ? rows * width : width), rows, width, halves.size(1),
        static_cast<float>(scale));
    return halves;
}

void join_split(at::Tensor& to, const at::Tensor& halves, std::int64_t dimension) {
    const std::int64_t size = halves.size(dimension) / 2;
    at::add_out(to, halves.narrow(dimension, 0, size), halves.narrow(dimension, size, size));
}

} // namespace lora
