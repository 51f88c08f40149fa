#pragma once
// Gradient checkpointing: a block keeps its input alone and is run once more in the backward, which costs a
// second forward and saves what the block would have kept. Source: Chen et al. 2016, Training Deep Nets with
// Sublinear Memory Cost.

#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// block(x), with the gradients of x and of `trainable`, which are all that the block learns. The block is
/// called twice and must do the same both times: what it needs it holds by value, randomness included.
at::Tensor checkpointed(const at::Tensor& x, const std::vector<at::Tensor>& trainable,
    std::function<at::Tensor(const at::Tensor&)> block);

} // namespace lora
