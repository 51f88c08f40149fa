#include "engine/blocks/mxfp4_weights.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::int64_t values_of_block = 32, bytes_of_block = 16, exponent_bias = 127;

// blocks [out, n, 16], scales [out, n] → float32 [out, 32 n].
at::Tensor unpacked(const at::Tensor& blocks, const at::Tensor& scales) {
    const at::Tensor numbers = at::tensor(
        {0.F, 0.5F, 1.F, 1.5F, 2.F, 3.F, 4.F, 6.F, -0.F, -0.5F, -1.F, -1.5F, -2.F, -3.F, -4.F, -6.F});
    const at::Tensor halves = at::stack({blocks.bitwise_and(0x0F), blocks.bitwise_right_shift(4)}, -1);
    const at::Tensor values =
        numbers.index_select(0, halves.flatten().to(at::kInt)).view({blocks.size(0), blocks.size(1), -1});
    const at::Tensor exponents = scales.to(at::kInt).sub(exponent_bias).unsqueeze(-1);
    return at::ldexp(values, exponents).flatten(1);
}

} // namespace

at::Tensor mxfp4_weights(const Weights& weights, const std::string& name, std::int64_t experts,
    std::int64_t out, std::int64_t in) {
    if (in % values_of_block != 0) return {};
    const std::int64_t blocks_of_row = in / values_of_block;
    const at::Tensor blocks =
        weights.optional_bytes(name + "_blocks", {experts, out, blocks_of_row, bytes_of_block});
    const at::Tensor scales = weights.optional_bytes(name + "_scales", {experts, out, blocks_of_row});
    if (!blocks.defined() || !scales.defined()) return {};
    at::Tensor all = at::empty({experts, out, in}, weights.filled({1}, 0).options());
    if (all.is_meta()) return all;
    for (std::int64_t i = 0; i < experts; ++i)
        all.select(0, i).copy_(unpacked(blocks.select(0, i), scales.select(0, i)));
    return all;
}

} // namespace lora
