#pragma once
// The weights of a block's experts as a checkpoint has them: tensors of each expert, or one of all.

#include "engine/blocks/place.h"
#include "engine/models/linear.h"

#include <cstdint>
#include <vector>

namespace lora {

struct ExpertShape {
    std::int64_t count = 0; ///< experts
    std::int64_t width = 0; ///< D
    std::int64_t inner = 0; ///< F of each
    bool bias = false;
};

/// Of each expert, by its number.
struct ExpertLinears {
    std::vector<Linear>
        gate_up;              ///< [2F, D]: the gate's rows, then those that it gates, as the family has them
    std::vector<Linear> down; ///< [D, F]
};

/// By the names that the dialect has for them. What is missing is noted, as Weights::tensor() does.
ExpertLinears load_experts(const Place& block, const ExpertShape& shape);

} // namespace lora
