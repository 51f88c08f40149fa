#pragma once
// float32 numbers as the sum of two bfloat16, by which a bfloat16 product keeps 16 of their 24 bits.

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// scale · a in two, below each other (`dimension` 0) or beside each other (1): float32 [R, C] → bfloat16
/// [2R, C] or [R, 2C].
at::Tensor split_bfloat16(const at::Tensor& a, std::int64_t dimension, double scale = 1);
/// to = the sum of the two halves, which lie as split_bfloat16 has them. to: float32, rows may be strided.
void join_split(at::Tensor& to, const at::Tensor& halves, std::int64_t dimension);

} // namespace lora
