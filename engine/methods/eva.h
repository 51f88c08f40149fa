#pragma once
// EVA: LoRA whose A begins as the directions in which the linear's inputs vary most on the data, B = 0, and
// whose ranks go where one more direction explains most of that variance. From there on it is LoRA. Source:
// Paischer et al. 2024, Parameter Efficient Fine-tuning via Explained Variance Adaptation, section 3; the
// order of work is PEFT's.

#include "engine/adapters/adapter.h"
#include "engine/methods/input_directions.h"
#include "engine/run_settings/eva_settings.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lora {

/// The directions of all targets' inputs, until those that will be used stand still.
class EvaStart {
public:
    /// The adapter tells targets, ranks and α. Throws Error for a rank above what the inputs have.
    EvaStart(Adapter adapter, const EvaSettings& settings, Model& model);

    /// Runs the samples through the base model and takes in the inputs at the rows that are `learned`, one
    /// flag for each of the packed tokens (bool [N] on the model's device).
    void add(const PackedTokens& tokens, const at::Tensor& learned);
    bool is_done() const;
    /// The adapter with this start: ranks moved, each scale as before, targets without a direction left out.
    /// Throws Error where no batch had enough learned tokens.
    Adapter adapter() const;

private:
    /// Targets with one input, such as q, k and v.
    struct Input {
        InputDirections directions;
        std::vector<std::size_t> targets;
    };

    void find_shared_inputs(const PackedTokens& tokens);
    void redistribute();
    std::int64_t used_of(const Input& input) const;

    Adapter adapter_;
    EvaSettings settings_;
    Model& model_;
    std::vector<Input> inputs_;
    std::vector<std::int64_t> ranks_; ///< of each target
};

} // namespace lora
