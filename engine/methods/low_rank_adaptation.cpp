#include "engine/methods/low_rank_adaptation.h"

#include <utility>

namespace lora {

namespace {

std::vector<at::Tensor*> tensors_of(Adapter& adapter) {
    std::vector<at::Tensor*> tensors;
    for (auto& target : adapter.targets) tensors.insert(tensors.end(), {&target.update.A, &target.update.B});
    if (adapter.head) tensors.insert(tensors.end(), {&adapter.head->weight, &adapter.head->bias});
    return tensors;
}

} // namespace

LowRankAdaptation::LowRankAdaptation(Adapter adapter, Model& model)
    : adapter_(std::move(adapter)), flat_(lay_flat(tensors_of(adapter_))) {
    attach(adapter_, model);
}

} // namespace lora
