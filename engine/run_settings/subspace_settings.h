#pragma once
// What a random subspace is.

#include "engine/run_settings/projection_kind.h"

#include <cstdint>

namespace lora {

struct SubspaceSettings {
    std::int64_t dimension = 1000; ///< d, the numbers that are trained beside a classifier's head
    ProjectionKind projection = ProjectionKind::Fastfood;
    bool said = false; ///< a learned scale for each layer, taken out of the dimension
    bool operator==(const SubspaceSettings&) const = default;
};

} // namespace lora
