#pragma once
// What an exact resume needs, in one folder that appears whole: the method's result (an adapter in PEFT's
// files) and what more it goes on from, AdamW's moments, the step. Order and dropout follow from (seed,
// step), so that no generator's state is kept.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/methods/method.h"
#include "engine/runs/result_origin.h"
#include "engine/runs/run_folder.h"
#include "engine/training/adamw.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

/// Writes `checkpoints/step-N` of the run's folder, and of those of earlier steps keeps the newest and that
/// of the step `best`. Gives its folder. What is of a later step is left alone: a resume set it aside or went
/// on from it. Throws DiskFull or Error; earlier checkpoints are then still there.
std::string write_checkpoint(const std::string& run_folder, const ResultOrigin& origin,
    std::optional<std::int64_t> best, const Method& method, const AdamW& optimizer,
    const ModelSummary& model);

/// The adapter of a checkpoint, on `device`.
Adapter read_checkpoint_adapter(const Checkpoint& checkpoint, const at::Device& device);

/// Takes back what a method needs beside its result. Throws Error where the checkpoint lacks it.
void restore_method(const Checkpoint& checkpoint, Method& method);

/// AdamW's moments and steps of a checkpoint. Throws Error if they are not of the optimizer's size.
void read_checkpoint_optimizer(const Checkpoint& checkpoint, AdamW& optimizer);

} // namespace lora
