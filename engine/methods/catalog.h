#pragma once
// From a method's word to the method: the only list of them.

#include "engine/method_sheets/method_settings.h"
#include "engine/method_sheets/subspace_settings.h"
#include "engine/methods/method.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lora {

/// What a method begins with.
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

/// A method on its model. Throws Error where the start does not fit the model or the method.
std::unique_ptr<Method> make_method(MethodStart start, Model& model);

} // namespace lora
