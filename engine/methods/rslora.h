#pragma once
// rsLoRA: ΔW = α/√r · B·A, so that the size of the updates does not fall with the rank.
// Source: Kalajdzievski 2023, A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA, theorem 3.2.

#include "engine/adapters/adapter.h"
#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

/// The same A, B and α under the other scale; all else is LoRA's.
Adapter rank_stabilized(Adapter adapter);

std::unique_ptr<Method> make_rslora(MethodStart start, Model& model);

} // namespace lora
