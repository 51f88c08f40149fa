#include "engine/methods/rslora.h"

#include <cmath>

namespace lora {

Adapter rank_stabilized(Adapter adapter) {
    adapter.use_rslora = true;
    for (auto& target : adapter.targets)
        target.update.scale = target.alpha / std::sqrt(static_cast<double>(target.update.rank()));
    return adapter;
}

} // namespace lora
