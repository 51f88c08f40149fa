#include "engine/methods/rslora.h"

#include "engine/methods/low_rank_adaptation.h"

#include <cmath>

namespace lora {

Adapter rank_stabilized(Adapter adapter) {
    adapter.use_rslora = true;
    for (auto& target : adapter.targets)
        target.update.scale = target.alpha / std::sqrt(static_cast<double>(target.update.rank()));
    return adapter;
}

std::unique_ptr<Method> make_rslora(MethodStart start, Model& model) {
    return std::make_unique<LowRankAdaptation>(rank_stabilized(std::move(start.adapter)), model);
}

} // namespace lora
