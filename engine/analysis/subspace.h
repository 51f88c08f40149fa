#pragma once
// Two adapters' updates compared target by target: the similarity of their subspaces, and whether they began
// as the same random numbers.

#include "engine/adapters/adapter.h"
#include "engine/measures/similarity_values.h"

#include <stop_token>

namespace lora {

/// `first` and `second` are of one path and shape. Directions that float32's rounding hides are left out of
/// the maps. O((in + out) r²). Throws Error if a value is not finite.
TargetComparison compare(const TargetUpdate& first, const TargetUpdate& second);

/// All targets in common; a stop gives what is done so far. Throws Error as compare() of two targets does.
AdapterComparison compare(const Adapter& first, const Adapter& second, const std::stop_token& stop = {});

} // namespace lora
