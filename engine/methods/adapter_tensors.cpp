#include "engine/methods/adapter_tensors.h"

namespace lora {

std::vector<at::Tensor*> updates_of(Adapter& adapter) {
    std::vector<at::Tensor*> tensors;
    for (auto& target : adapter.targets) tensors.insert(tensors.end(), {&target.update.A, &target.update.B});
    return tensors;
}

std::vector<at::Tensor*> all_A(Adapter& adapter) {
    std::vector<at::Tensor*> tensors;
    for (auto& target : adapter.targets) tensors.push_back(&target.update.A);
    return tensors;
}

std::vector<at::Tensor*> all_B(Adapter& adapter) {
    std::vector<at::Tensor*> tensors;
    for (auto& target : adapter.targets) tensors.push_back(&target.update.B);
    return tensors;
}

std::vector<at::Tensor*> head_of(Adapter& adapter) {
    return adapter.head ? adapter.head->tensors() : std::vector<at::Tensor*>();
}

std::vector<at::Tensor*> beside_updates(Adapter& adapter) {
    return adapter.tokens ? joined(head_of(adapter), adapter.tokens->tensors()) : head_of(adapter);
}

std::vector<at::Tensor*> joined(std::vector<at::Tensor*> first, const std::vector<at::Tensor*>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

} // namespace lora
