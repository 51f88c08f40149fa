#pragma once
// How many directions all updates of AdaLoRA may have together, step by step: all of them for tinit steps,
// then along a cubic curve down to the target, which stays for the last tfinal steps. Source: Zhang et al.
// 2023, Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning, equation (12); PEFT's
// RankAllocator, which also says after which steps directions are taken.

#include "engine/run_settings/adalora_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// A step's place in the schedule.
struct RankBudget {
    enum class Phase {
        Measure, ///< importance is measured, and where `allocate`, directions are taken by it
        Settle,  ///< directions are taken for the last time, down to the target
        Keep,    ///< what was taken stays taken
    };
    Phase phase = Phase::Measure;
    std::int64_t directions = 0; ///< that may be left, over all updates
    bool allocate = false;
    bool operator==(const RankBudget&) const = default;
};

/// After `step` (from 1) of `total_steps`; `initial` and `target` directions over all updates.
RankBudget rank_budget(const AdaLoraSettings& settings, std::int64_t initial, std::int64_t target,
    std::int64_t step, std::int64_t total_steps);

/// Throws Error where the run is too short for the schedule.
void check_schedule(const AdaLoraSettings& settings, std::int64_t total_steps);

} // namespace lora
