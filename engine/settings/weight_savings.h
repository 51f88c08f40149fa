#pragma once
// What training weights themselves costs, counted as an adapter's savings are. Knows no torch.

#include "engine/method_sheets/method_settings.h"
#include "engine/method_sheets/subspace_settings.h"
#include "engine/targets/savings.h"

namespace lora {

/// Of full fine-tuning or a subspace of the selected weights; `labels` as in count_savings. The training's
/// bytes hold the trained copies of the weights and their gradients too.
/// Throws Error where the selection is none.
Savings count_weight_savings(const ModelSummary& model, const TargetSelection& selection, MethodKind method,
    const SubspaceSettings& subspace, std::size_t labels = 0);

} // namespace lora
