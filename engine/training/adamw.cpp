#include "engine/training/adamw.h"

#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

} // namespace

AdamW::AdamW(std::vector<ParameterGroup> groups, double weight_decay)
    : groups_(std::move(groups)), weight_decay_(weight_decay) {
    for (const ParameterGroup& group : groups_)
        moments.push_back({at::zeros_like(group.values), at::zeros_like(group.values)});
}

at::Tensor AdamW::gradient_norm() const {
    std::vector<at::Tensor> norms;
    for (const ParameterGroup& group : groups_) norms.push_back(at::linalg_vector_norm(group.gradients));
    return norms.size() == 1 ? norms.front() : at::linalg_vector_norm(at::stack(norms));
}

void AdamW::clip(double found, double norm) {
    constexpr double slack = 1e-6; // as clip_grad_norm_ has it
    if (norm <= 0 || found + slack <= norm) return;
    for (const ParameterGroup& group : groups_) group.gradients.mul_(norm / (found + slack));
}

void AdamW::step(double lr) {
    const c10::NoGradGuard no_gradient;
    ++steps;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const ParameterGroup& group = groups_[i];
        at::Tensor count = at::full({}, static_cast<double>(steps), group.values.options());
        at::_fused_adamw_({group.values}, {group.gradients}, {moments[i].first}, {moments[i].second}, {},
            {count}, lr * group.lr_factor, beta1, beta2, weight_decay_, epsilon, /*amsgrad=*/false,
            /*maximize=*/false);
    }
}

void AdamW::clear_gradients() {
    for (const ParameterGroup& group : groups_) group.gradients.zero_();
}

} // namespace lora
