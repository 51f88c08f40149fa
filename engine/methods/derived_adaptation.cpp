#include "engine/methods/derived_adaptation.h"

#include <utility>

#include <c10/core/GradMode.h>

namespace lora {

DerivedAdaptation::DerivedAdaptation(Adapter adapter, std::vector<at::Tensor*> (*written)(Adapter&))
    : adapter_(std::move(adapter)), on_model_(lay_flat(written(adapter_))) {}

void DerivedAdaptation::begin(std::vector<at::Tensor*> own, Model& model) {
    const std::vector<at::Tensor*> head = head_of(adapter_);
    own.insert(own.end(), head.begin(), head.end());
    parameters_ = lay_flat(own);
    attach(adapter_, model);
}

void DerivedAdaptation::collect() {
    const c10::NoGradGuard no_gradient;
    collect_updates();
    on_model_.gradients.zero_();
}

} // namespace lora
