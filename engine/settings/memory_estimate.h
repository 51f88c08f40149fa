#pragma once
// What memory a run will take at its peak, from shapes and lengths alone, before anything is loaded. On
// the CPU near the measured peak (tests/command/memory_test.cpp says how near); on a GPU its own memory
// alone.

#include "engine/checkpoints/summary.h"
#include "engine/data/summary.h"
#include "engine/machine/processor.h"
#include "engine/settings/settings.h"
#include "engine/targets/savings.h"

#include <cstdint>

namespace lora {

/// Bytes.
struct MemoryEstimate {
    std::int64_t process = 0;     ///< the program and its libraries; 0 on a GPU
    std::int64_t weights = 0;     ///< the frozen base
    std::int64_t adapter = 0;     ///< what is trained, such as A and B, and its gradients
    std::int64_t optimizer = 0;   ///< AdamW's two moments
    std::int64_t activations = 0; ///< what the blocks keep for the backward, and the gaps between
    std::int64_t work = 0;        ///< a chunk of logits, or one block's backward, whichever is larger
    std::int64_t total() const { return process + weights + adapter + optimizer + activations + work; }
    bool operator==(const MemoryEstimate&) const = default;
};

/// Tokens of the largest micro-batch that is likely to come: the mean of random samples and 2.5 standard
/// deviations, no more than the longest ones, or all samples, together. 0 for a dataset without samples.
std::int64_t largest_micro_batch(
    const DatasetSummary& data, std::int64_t max_length, const TrainingSettings& training);

/// Whether micro-batches have other lengths from step to step.
bool lengths_vary(const DatasetSummary& data, std::int64_t max_length);

/// Bytes of the frozen weights where a number takes `value` bytes. `on_gpu`: nothing stays packed there.
std::int64_t weight_bytes(
    const ModelSummary& model, QuantizedWeights quantized, std::int64_t value, bool on_gpu);

/// `tokens` go through the model at once; `linears` carry an update. Of `settings`, dtype, quantized, method,
/// targets, rank, dropout and gradient_checkpointing count. `multiplies_bfloat16`: on the CPU, by
/// instructions of its own; otherwise by LibTorch in float32, which needs copies. `vary`: as lengths_vary().
MemoryEstimate estimate_memory(const ModelSummary& model, const Savings& savings, std::size_t linears,
    const RunSettings& settings, std::int64_t tokens, bool multiplies_bfloat16 = has_avx512(),
    bool vary = false);

} // namespace lora
