#pragma once
// Where a part of a model lies in its checkpoint: under which names, in which block.

#include "engine/models/weights.h"

#include <cstdint>
#include <string>

namespace lora {

struct Place {
    Weights weights;
    std::int64_t layer = -1; ///< -1 outside the blocks

    Place at(const std::string& name) const { return {weights.at(name), layer}; }
    std::string path_of(const std::string& name) const { return weights.path_of(name); }
};

} // namespace lora
