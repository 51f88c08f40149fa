#pragma once
// A run before it starts: what is known of it, and what follows from that.

#include "engine/checkpoints/summary.h"
#include "engine/data/summary.h"
#include "engine/machine/memory.h"
#include "engine/plausibility/run_pace.h"
#include "engine/run_settings/run_settings.h"
#include "engine/settings/memory_estimate.h"
#include "engine/targets/savings.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace lora {

/// What is not known yet is none.
struct RunPlan {
    RunSettings settings;
    std::shared_ptr<const ModelSummary> model = nullptr;
    std::shared_ptr<const DatasetSummary> train = nullptr;
    std::shared_ptr<const DatasetSummary> eval = nullptr; ///< a second file, or what is held out
    std::optional<MemoryRoom> room = std::nullopt;        ///< for the run, of the model's device
    std::optional<RunPace> pace = std::nullopt;           ///< of a run before
    std::int64_t window_bytes = 0; ///< what the program holds that is none of the engine's
};

/// None where the settings have a fault, or the model or the data that it follows from is not known.
struct RunOutline {
    std::optional<std::int64_t> steps; ///< of the optimizer, in all
    std::optional<double> seconds;     ///< of the steps alone, if the run before was the same work
    std::optional<Savings> savings;
    std::optional<MemoryEstimate> memory;
};

RunOutline outline_of(const RunPlan& plan);

/// What the run would take at its peak. Of a plan whose model and data are known and whose settings have no
/// fault. Throws Error where the words choose no linear.
MemoryEstimate memory_of(const RunPlan& plan);

} // namespace lora
