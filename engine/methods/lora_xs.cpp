#include "engine/methods/lora_xs.h"

#include "engine/methods/makers.h"
#include "engine/methods/method_state.h"
#include "engine/methods/weight_factors.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

Adapter principal_directions(Adapter adapter, Model& model) {
    for_each_weight(adapter, model, [](LowRank& update, const at::Tensor& weight) {
        const LargestDirections of = largest_directions(weight, update.rank());
        update.B = of.U * of.S;
        update.A = of.V.t();
    });
    return adapter;
}

LoraXs::LoraXs(Adapter directions, std::uint64_t seed, Model& model)
    : DerivedAdaptation(std::move(directions)) {
    constexpr double first_deviation = 1e-5;
    const c10::NoGradGuard no_gradient;
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    std::vector<at::Tensor*> own;
    for (auto& target : adapter_.targets) {
        const LowRank& update = target.update;
        const at::Tensor R = at::empty({update.rank(), update.rank()}, update.A.options().device(at::kCPU));
        core_.push_back(R.normal_(0, first_deviation, generator).to(update.A.device()));
        directions_.push_back(update.A.t().contiguous());
        target.update.B.requires_grad_(false);
    }
    for (at::Tensor& R : core_) own.push_back(&R);
    begin(own, model);
    apply();
}

void LoraXs::apply() {
    const c10::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < core_.size(); ++i)
        adapter_.targets[i].update.A.copy_(core_[i].mm(directions_[i].t()));
}

void LoraXs::collect_updates() {
    for (std::size_t i = 0; i < core_.size(); ++i)
        core_[i].mutable_grad().add_(adapter_.targets[i].update.A.grad().mm(directions_[i]));
}

std::vector<NamedTensor> LoraXs::state() const {
    std::vector<NamedTensor> tensors;
    for (std::size_t i = 0; i < core_.size(); ++i) {
        tensors.push_back({adapter_.targets[i].path + ".R", core_[i]});
        tensors.push_back({adapter_.targets[i].path + ".V", directions_[i]});
    }
    return tensors;
}

void LoraXs::restore(const SafetensorsFile& state) {
    for (std::size_t i = 0; i < core_.size(); ++i) {
        read_state(state, adapter_.targets[i].path + ".R", core_[i]);
        read_state(state, adapter_.targets[i].path + ".V", directions_[i]);
    }
    apply();
}

std::unique_ptr<Method> make_lora_xs(MethodStart start, Model& model) {
    Adapter adapter = std::move(start.adapter);
    if (!start.resumed) adapter = principal_directions(std::move(adapter), model);
    return std::make_unique<LoraXs>(std::move(adapter), start.seed, model);
}

} // namespace lora
