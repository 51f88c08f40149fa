#pragma once
// What an adapter costs beside full fine-tuning, counted from the loaded shapes.

#include "engine/checkpoints/summary.h"
#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// Sizes in bytes. A, B, their gradients and AdamW's two moments are float32; full fine-tuning keeps a
/// float32 master, gradient and two moments for every parameter.
struct Savings {
    std::int64_t trainable = 0;           ///< Σ rank · (in + out), and a classifier's head
    double share = 0;                     ///< trainable / base parameters
    std::int64_t adapter_bytes = 0;       ///< A and B as the file holds them; its header not counted
    std::int64_t optimizer_bytes = 0;     ///< AdamW's two moments
    std::int64_t training_bytes = 0;      ///< A, B, gradients and moments
    std::int64_t full_training_bytes = 0; ///< the same for every base parameter
};

/// Of the head that a classifier learns for so many labels; 0: it learns none.
std::int64_t count_head(const ModelSummary& model, std::size_t labels);

/// Paths that the model does not have are ignored. `labels`: of the head that a classifier learns.
Savings count_savings(const ModelSummary& model, const std::vector<std::string>& paths, std::int64_t rank,
    std::size_t labels = 0);
/// The same with each target's own rank.
Savings count_savings(const ModelSummary& model, const std::vector<std::string>& paths,
    const LoraSettings& settings, std::size_t labels = 0);

} // namespace lora
