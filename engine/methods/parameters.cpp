#include "engine/methods/parameters.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

ParameterGroup lay_flat(const std::vector<at::Tensor*>& tensors, double lr_factor) {
    const c10::NoGradGuard no_gradient;
    std::vector<at::Tensor> pieces;
    for (const at::Tensor* tensor : tensors) pieces.push_back(tensor->detach().reshape({-1}));
    ParameterGroup flat{at::cat(pieces), {}, lr_factor};
    flat.gradients = at::zeros_like(flat.values);
    std::int64_t offset = 0;
    for (at::Tensor* tensor : tensors) {
        const auto shape = tensor->sizes().vec();
        const std::int64_t count = tensor->numel();
        *tensor = flat.values.narrow(0, offset, count).view(shape).detach();
        tensor->requires_grad_(true);
        tensor->mutable_grad() = flat.gradients.narrow(0, offset, count).view(shape);
        offset += count;
    }
    return flat;
}

} // namespace lora
