#pragma once
// A smaller adapter out of a trained one: each update replaced by its best approximation of a lower rank.

#include "engine/adapters/adapter.h"

#include <cstdint>
#include <vector>

namespace lora {

/// ΔW_k = U_k Σ_k V_kᵀ for each target, with its `ranks` in the adapter's order: ‖ΔW − ΔW_k‖_F² is what is
/// left of Σσ² (Eckart and Young). A target at rank 0 is left out; one at or above its own rank stays as it
/// is. The others get orthonormal rows of A, and an α that keeps their scale. A classifier's head stays.
/// Throws Error where nothing is left, if a value is not finite, and for DoRA, which a smaller B · A does not
/// bring nearest to what it was.
Adapter truncate(const Adapter& adapter, const std::vector<std::int64_t>& ranks);

} // namespace lora
