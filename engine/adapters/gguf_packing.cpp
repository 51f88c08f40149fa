#include "engine/adapters/gguf_packing.h"

#include "engine/error.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

std::string bytes_of(const at::Tensor& tensor) {
    const at::Tensor whole = tensor.contiguous();
    return {static_cast<const char*>(whole.const_data_ptr()), whole.nbytes()};
}

// Blocks of 32: the largest is 127 steps, half a step rounds away from zero.
at::Tensor blocks_of_8_bits(const at::Tensor& values) {
    const at::Tensor blocks = values.reshape({-1, 32});
    const at::Tensor step = blocks.abs().amax(1, /*keepdim=*/true) / 127;
    const at::Tensor steps = blocks * at::where(step > 0, step.reciprocal(), at::zeros_like(step));
    const at::Tensor rounded = steps.sign() * (steps.abs() + 0.5).floor();
    return at::cat({step.to(at::kHalf).view(at::kByte), rounded.to(at::kChar).view(at::kByte)}, 1);
}

} // namespace

BlockType written_type(std::string_view name) {
    for (const BlockType type : {BlockType::F16, BlockType::BF16, BlockType::Q8_0, BlockType::F32})
        if (name == layout(type).name) return type;
    fail("the type of the GGUF file", "'" + shown(name) + "'", "F16, BF16, Q8_0 or F32");
}

std::string gguf_packed(const at::Tensor& values, BlockType type, const std::string& place) {
    if (!at::isfinite(values).all().item<bool>()) fail(place, "values that are not finite", "numbers");
    if (type == BlockType::F32) return bytes_of(values);
    if (type == BlockType::BF16) return bytes_of(values.to(at::kBFloat16));
    // The step of a block is F16 too.
    const double largest = values.numel() == 0 ? 0 : values.abs().max().item<double>();
    constexpr double most = 65504;
    if (largest / (type == BlockType::Q8_0 ? 127 : 1) > most)
        fail(place, "a value of " + std::to_string(largest),
            "values that " + std::string(layout(type).name) + " can hold", "choose BF16");
    return bytes_of(type == BlockType::F16 ? values.to(at::kHalf) : blocks_of_8_bits(values));
}

} // namespace lora
