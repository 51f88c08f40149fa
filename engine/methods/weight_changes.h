#pragma once
// What full fine-tuning or a subspace did to the linears, as an adapter whose updates have full rank, ΔW = ΔW
// · I or I · ΔW: so that all that is asked of an adapter's updates can be asked of them.

#include "engine/adapters/adapter.h"
#include "engine/methods/trained_weights.h"

namespace lora {

/// Of the linears whose matrices differ, in the model's order; float32 on the CPU.
/// Throws Error where the two models have not the same linears.
Adapter changes_between(Model& base, Model& changed);

/// Of the linears whose matrices are among the trained weights.
Adapter changes_of(const TrainedWeights& weights);

} // namespace lora
