#pragma once
// How often the routers of a mixture of experts choose each expert.

#include "engine/models/model.h"

#include <cstdint>
#include <vector>

namespace lora {

/// Of one block.
struct ExpertChoices {
    std::int64_t layer = 0;
    std::vector<std::int64_t> of_expert; ///< tokens that chose each; their sum is tokens · experts of a token
};

/// Counted on these tokens, in one pass without a gradient, with the updates that the model has; by block.
/// Empty for a model without experts.
std::vector<ExpertChoices> expert_choices(Model& model, const PackedTokens& tokens);

} // namespace lora
