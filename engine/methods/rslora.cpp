// rsLoRA: ΔW = α/√r · B·A, so that the size of the updates does not fall with the rank.
// Source: Kalajdzievski 2023, A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA, theorem 3.2.

#include "engine/methods/low_rank_adaptation.h"
#include "engine/methods/makers.h"

#include <cmath>

namespace lora {

namespace {

// The same A, B and α under the other scale; all else is LoRA's.
Adapter rank_stabilized(Adapter adapter) {
    adapter.use_rslora = true;
    for (auto& target : adapter.targets)
        target.update.scale = target.alpha / std::sqrt(static_cast<double>(target.update.rank()));
    return adapter;
}

} // namespace

std::unique_ptr<Method> make_rslora(MethodStart start, Model& model) {
    return std::make_unique<LowRankAdaptation>(rank_stabilized(std::move(start.adapter)), model);
}

} // namespace lora
