#pragma once
// What a method is made from.

#include "engine/adapters/adapter.h"
#include "engine/run_settings/method_settings.h"
#include "engine/run_settings/subspace_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct MethodStart {
    MethodKind kind = MethodKind::Lora;
    MethodSettings settings = {};
    Adapter adapter = {};   ///< targets in the model's order with ranks, α and first A; a classifier's head
    std::uint64_t seed = 0; ///< of what the method draws itself
    bool resumed = false;   ///< the adapter is a checkpoint's, with what training made of it
    std::vector<std::string> weights = {}; ///< names of those that full fine-tuning or a subspace moves
    SubspaceSettings subspace = {};
    std::int64_t target_rank = 0; ///< what AdaLoRA's ranks come down to on average
    std::int64_t total_steps = 0; ///< of the run
};

} // namespace lora
