#pragma once
// A short convolution over the tokens of packed samples, each channel by itself. Padding is never computed,
// and each sample begins as if zeros stood before it. Used beside attention by LFM2 (Liquid AI 2025) and in
// front of gated delta rules (Yang et al. 2024).

#include <ATen/core/Tensor.h>

namespace lora {

/// y[t] = bias + Σ_k weight[·, 0, K − 1 − k] ∘ x[t − k], over the tokens t − k of t's own sample; summed in
/// float32 and rounded to x's type once. x [N, C]; weight [C, 1, K] as torch's Conv1d has it; bias [C] or
/// undefined; positions int64 [N], from 0 in each sample. Keeps x alone for its backward.
at::Tensor causal_convolution(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& positions);

/// The same of the next tokens of one sample. `last_rows` [K − 1, C]: what stood before them, undefined at
/// the beginning; becomes what the tokens behind x will read.
at::Tensor continued_convolution(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, at::Tensor& last_rows);

} // namespace lora
