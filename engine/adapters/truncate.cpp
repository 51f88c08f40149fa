#include "engine/adapters/truncate.h"

#include "engine/adapters/decomposition.h"
#include "engine/adapters/whole_update.h"
#include "engine/error.h"

#include <cassert>
#include <cmath>

#include <ATen/ATen.h>

namespace lora {

namespace {

// scale · B' A' = U_k Σ_k V_kᵀ with A' = V_kᵀ: where ΔW = 0, A' still has rows to train from.
TargetUpdate truncated(const TargetUpdate& target, std::int64_t rank, bool use_rslora) {
    const Decomposition whole = decompose(target.update, target.path);
    const auto size = static_cast<double>(rank);
    TargetUpdate smaller = target;
    smaller.alpha = target.update.scale * (use_rslora ? std::sqrt(size) : size);
    const double scale = target.update.scale == 0 ? 1 : target.update.scale;
    const at::Tensor values = whole.values.slice(0, 0, rank) / scale;
    smaller.update.A = whole.V().slice(1, 0, rank).t().to(target.update.A.options()).contiguous();
    smaller.update.B = (whole.U().slice(1, 0, rank) * values).to(target.update.B.options()).contiguous();
    return smaller;
}

} // namespace

Adapter truncate(const Adapter& adapter, const std::vector<std::int64_t>& ranks) {
    assert(ranks.size() == adapter.targets.size());
    need_widths(adapter);
    Adapter smaller;
    smaller.head = adapter.head;
    smaller.tokens = adapter.tokens;
    smaller.use_rslora = adapter.use_rslora;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const TargetUpdate& target = adapter.targets[i];
        need_low_rank(target.update, target.path);
        if (ranks[i] >= target.update.rank())
            smaller.targets.push_back(target);
        else if (ranks[i] > 0)
            smaller.targets.push_back(truncated(target, ranks[i], adapter.use_rslora));
    }
    if (smaller.targets.empty())
        throw Error("no direction of the adapter is left; choose a higher rank, energy or budget");
    return smaller;
}

} // namespace lora
