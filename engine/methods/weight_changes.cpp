#include "engine/methods/weight_changes.h"

#include "engine/adapters/whole_update.h"
#include "engine/error.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

TargetUpdate full_rank(const std::string& path, const at::Tensor& difference) {
    const auto rank = static_cast<double>(std::min(difference.size(0), difference.size(1)));
    return {path, rank, whole_update(difference)};
}

at::Tensor plain(const at::Tensor& weight) { return weight.detach().to(at::kCPU, at::kFloat); }

} // namespace

Adapter changes_between(Model& base, Model& changed) {
    const c10::NoGradGuard no_gradient;
    const std::vector<NamedLinear> before = base.named_linears(), after = changed.named_linears();
    if (before.size() != after.size())
        fail("the changed model", std::to_string(after.size()) + " linears",
            "the base model's " + std::to_string(before.size()));
    Adapter adapter;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const at::Tensor was = before[i].linear->weight(), is = after[i].linear->weight();
        if (before[i].path != after[i].path || was.sizes() != is.sizes())
            fail("the changed model: " + shown(after[i].path), "another shape or place",
                shown(before[i].path) + " as in the base model");
        const at::Tensor difference = plain(is) - plain(was);
        if (at::any(difference).item<bool>())
            adapter.targets.push_back(full_rank(before[i].path, difference));
    }
    return adapter;
}

Adapter changes_of(const TrainedWeights& weights) {
    const c10::NoGradGuard no_gradient;
    Adapter adapter;
    for (const auto& [linear, weight] : weights.matrices())
        adapter.targets.push_back(full_rank(linear, plain(weight->current) - plain(weight->original)));
    return adapter;
}

} // namespace lora
