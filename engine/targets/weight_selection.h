#pragma once
// Which weights full fine-tuning and subspaces move: the matrices of the linears that the words of
// --targets select, as LoRA changes them, or everything, embeddings, norms and biases too.

#include "engine/checkpoints/summary.h"
#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// The word for every weight of the model.
inline constexpr const char* everything = "everything";

/// Whether the selection is every weight.
bool selects_everything(const TargetSelection& selection);

/// Names of the chosen linears' matrices, in the model's order. Throws Error as select_targets does.
std::vector<std::string> selected_matrices(
    const std::vector<LinearInfo>& linears, const TargetSelection& selection);

/// Their values, or all of the model's.
std::int64_t count_selected(const ModelSummary& model, const TargetSelection& selection);

} // namespace lora
