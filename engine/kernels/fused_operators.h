#pragma once
// The functions of fused.h by ATen's operators, on any device: where there are no loops of ours, and the
// reference that those are tested against. Computed in float32 (float64 where the tensors are), rounded once.

#include "engine/kernels/activation.h"

#include <cstdint>
#include <tuple>
#include <utility>

#include <ATen/core/Tensor.h>

namespace lora {

/// By plain operators, with a gradient of its own.
at::Tensor activated(const at::Tensor& x, Activation activation);

std::pair<at::Tensor, at::Tensor> rms_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, double epsilon, double offset = 0);
at::Tensor rms_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& inverse_rms, double offset = 0);
/// {y, mean, 1 / √(variance + ε)}. An undefined bias is zero.
std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_by_operators(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double epsilon);
at::Tensor layer_norm_backward_by_operators(const at::Tensor& residual, const at::Tensor& dy,
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& mean, const at::Tensor& inverse);
void rotate_by_operators(at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t heads,
    std::int64_t head_size, bool neighbours, double direction);
at::Tensor gated_by_operators(const at::Tensor& gate_up, Activation activation);
at::Tensor gated_backward_by_operators(
    at::Tensor& gate_up, const at::Tensor& dy, Activation activation, bool wants_y);
at::Tensor activation_by_operators(const at::Tensor& x, Activation activation);
void activation_backward_by_operators(at::Tensor& x, const at::Tensor& dy, Activation activation);
at::Tensor cross_entropy_by_operators(at::Tensor& logits, const at::Tensor& targets, bool gradient);
void add_low_rank_by_operators(
    at::Tensor& y, std::int64_t offset, const at::Tensor& inner, const at::Tensor& factor, double scale);

} // namespace lora
