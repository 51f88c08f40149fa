#include "engine/settings/weight_savings.h"

#include "engine/targets/weight_selection.h"

namespace lora {

Savings count_weight_savings(const ModelSummary& model, const TargetSelection& selection, MethodKind method,
    const SubspaceSettings& subspace, std::size_t labels) {
    constexpr std::int64_t value = 4; // bytes of a float
    const std::int64_t weights = count_selected(model, selection);
    const std::int64_t head = static_cast<std::int64_t>(labels) * (model.hidden_size + 1);
    // Nothing to train but the head: its counts, and those that do not depend on the method.
    Savings savings = count_savings(model, {}, /*rank=*/1, labels);
    const bool full = method == MethodKind::Full;
    savings.trainable = (full ? weights : subspace.dimension) + head;
    if (model.parameters > 0)
        savings.share = static_cast<double>(savings.trainable) / static_cast<double>(model.parameters);
    savings.adapter_bytes = value * savings.trainable;
    savings.optimizer_bytes = 2 * value * savings.trainable;
    const std::int64_t copies_and_gradients = 2 * value * (weights + head);
    const std::int64_t own = full ? 0
                                  : 2 * value * subspace.dimension
                                        + projection_bytes(subspace.projection, weights, subspace.dimension);
    savings.training_bytes = savings.optimizer_bytes + copies_and_gradients + own;
    return savings;
}

} // namespace lora
