#include "engine/methods/low_rank_adaptation.h"

#include "engine/methods/adapter_tensors.h"

#include <utility>

namespace lora {

LowRankAdaptation::LowRankAdaptation(Adapter adapter, Model& model)
    : adapter_(std::move(adapter)), flat_(lay_flat(joined(updates_of(adapter_), head_of(adapter_)))) {
    attach(adapter_, model);
}

std::unique_ptr<Method> make_lora(MethodStart start, Model& model) {
    return std::make_unique<LowRankAdaptation>(std::move(start.adapter), model);
}

} // namespace lora
