#pragma once
// What an optimizer works on.

#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// Values that take one kind of step, float32 and contiguous, and the gradients of the same shape that a
/// backward or Method::collect() adds to.
struct ParameterGroup {
    at::Tensor values;
    at::Tensor gradients;
    double lr_factor = 1; ///< the group's learning rate is this times the run's
};

/// Moves the tensors end to end into one buffer; they become leaves whose gradients are views of
/// `gradients`.
ParameterGroup lay_flat(const std::vector<at::Tensor*>& tensors, double lr_factor = 1);

} // namespace lora
