#include "engine/methods/residual_adaptation.h"

#include "engine/error.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

at::Tensor trained_A(const at::Tensor& both) { return both.narrow(0, 0, both.size(0) / 2); }
at::Tensor trained_B(const at::Tensor& both) { return both.narrow(1, 0, both.size(1) / 2); }

} // namespace

Adapter with_held_start(Adapter adapter) {
    for (auto& target : adapter.targets) {
        LowRank& update = target.update;
        update.A = at::cat({update.A, update.A});
        update.B = at::cat({update.B, -update.B}, 1);
        target.alpha *= adapter.use_rslora ? std::sqrt(2.0) : 2.0;
    }
    return adapter;
}

ResidualAdaptation::ResidualAdaptation(Adapter adapter, Model& model)
    : DerivedAdaptation(std::move(adapter)) {
    const c10::NoGradGuard no_gradient;
    for (const auto& target : adapter_.targets) {
        if (target.update.rank() % 2 != 0)
            fail("rank of " + shown(target.path), std::to_string(target.update.rank()),
                "an even one, with one half held");
        inner_.push_back(trained_A(target.update.A).clone());
        outer_.push_back(trained_B(target.update.B).contiguous());
    }
    std::vector<at::Tensor*> own;
    for (std::size_t i = 0; i < inner_.size(); ++i) own.insert(own.end(), {&inner_[i], &outer_[i]});
    begin(own, model);
    apply();
}

void ResidualAdaptation::apply() {
    const c10::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < inner_.size(); ++i) {
        trained_A(adapter_.targets[i].update.A).copy_(inner_[i]);
        trained_B(adapter_.targets[i].update.B).copy_(outer_[i]);
    }
}

void ResidualAdaptation::collect_updates() {
    for (std::size_t i = 0; i < inner_.size(); ++i) {
        inner_[i].mutable_grad().add_(trained_A(adapter_.targets[i].update.A.grad()));
        outer_[i].mutable_grad().add_(trained_B(adapter_.targets[i].update.B.grad()));
    }
}

} // namespace lora
