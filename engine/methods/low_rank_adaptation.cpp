#include "engine/methods/low_rank_adaptation.h"

#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"

#include <utility>

namespace lora {

LowRankAdaptation::LowRankAdaptation(Adapter adapter, Model& model)
    : LowRankAdaptation(std::move(adapter), model,
        [](Adapter& all) { return std::vector{lay_flat(joined(updates_of(all), beside_updates(all)))}; }) {}

LowRankAdaptation::LowRankAdaptation(Adapter adapter, Model& model, const Groups& groups)
    : adapter_(std::move(adapter)), groups_(groups(adapter_)) {
    attach(adapter_, model);
}

std::unique_ptr<Method> make_lora(MethodStart start, Model& model) {
    return std::make_unique<LowRankAdaptation>(std::move(start.adapter), model);
}

} // namespace lora
