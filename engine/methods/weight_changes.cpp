#include "engine/methods/weight_changes.h"

#include "engine/error.h"

#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

TargetUpdate full_rank(const std::string& path, const at::Tensor& difference) {
    const at::Tensor change = difference.contiguous();
    const std::int64_t rank = std::min(change.size(0), change.size(1));
    const at::Tensor eye = at::eye(rank, at::kFloat);
    TargetUpdate target{path, static_cast<double>(rank), {}};
    const bool wide = change.size(0) < change.size(1);
    target.update.A = wide ? change : eye;
    target.update.B = wide ? eye : change;
    return target;
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
        const at::Tensor &was = before[i].linear->weight(), &is = after[i].linear->weight();
        if (before[i].path != after[i].path || was.sizes() != is.sizes())
            fail("the changed model: " + shown(after[i].path), "another shape or place",
                shown(before[i].path) + " as in the base model");
        const at::Tensor difference = plain(is) - plain(was);
        if (at::any(difference).item<bool>())
            adapter.targets.push_back(full_rank(before[i].path, difference));
    }
    return adapter;
}

Adapter changes_of(const TrainedWeights& weights, Model& model) {
    const c10::NoGradGuard no_gradient;
    std::map<std::string, const TrainedWeight*> by_path;
    for (const TrainedWeight& weight : weights.all()) by_path[weight.path] = &weight;
    Adapter adapter;
    for (const NamedLinear& named : model.named_linears())
        if (const auto found = by_path.find(named.path + ".weight"); found != by_path.end())
            adapter.targets.push_back(
                full_rank(named.path, plain(found->second->current) - plain(found->second->original)));
    return adapter;
}

} // namespace lora
