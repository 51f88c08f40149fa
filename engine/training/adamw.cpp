#include "engine/training/adamw.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

} // namespace

FlatParameters FlatParameters::adopt(Adapter& adapter) {
    const c10::NoGradGuard no_gradient;
    std::vector<at::Tensor*> tensors;
    std::vector<at::Tensor> pieces;
    for (auto& target : adapter.targets) tensors.insert(tensors.end(), {&target.update.A, &target.update.B});
    if (adapter.head) tensors.insert(tensors.end(), {&adapter.head->weight, &adapter.head->bias});
    for (const at::Tensor* tensor : tensors) pieces.push_back(tensor->detach().to(at::kFloat).reshape({-1}));
    FlatParameters flat{at::cat(pieces), {}};
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

AdamW::AdamW(FlatParameters parameters, double weight_decay)
    : first_moment(at::zeros_like(parameters.values)), second_moment(at::zeros_like(parameters.values)),
      parameters_(std::move(parameters)), weight_decay_(weight_decay) {}

at::Tensor AdamW::gradient_norm() const { return at::linalg_vector_norm(parameters_.gradients); }

void AdamW::clip(double found, double norm) {
    constexpr double slack = 1e-6; // as clip_grad_norm_ has it
    if (norm > 0 && found + slack > norm) parameters_.gradients.mul_(norm / (found + slack));
}

void AdamW::step(double lr) {
    const c10::NoGradGuard no_gradient;
    ++steps;
    at::Tensor count = at::full({}, static_cast<double>(steps), parameters_.values.options());
    at::_fused_adamw_({parameters_.values}, {parameters_.gradients}, {first_moment}, {second_moment}, {},
        {count}, lr, beta1, beta2, weight_decay_, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    clear_gradients();
}

void AdamW::clear_gradients() { parameters_.gradients.zero_(); }

} // namespace lora
