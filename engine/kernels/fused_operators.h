#pragma once
// The functions of fused.h by ATen's operators, on any device: where there are no loops of ours, and the
// reference that those are tested against. Computed in float32 (float64 where the tensors are), rounded once.

#include <cstdint>
#include <utility>

#include <ATen/core/Tensor.h>

namespace lora {

std::pair<at::Tensor, at::Tensor> rms_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, double epsilon);
at::Tensor rms_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& inverse_rms);
void rotate_by_operators(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, double direction);
at::Tensor swiglu_by_operators(const at::Tensor& gate_up);
at::Tensor swiglu_backward_by_operators(at::Tensor& gate_up, const at::Tensor& dy, bool wants_y);
at::Tensor cross_entropy_by_operators(at::Tensor& logits, const at::Tensor& targets, bool gradient);
void add_low_rank_by_operators(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale);

} // namespace lora
