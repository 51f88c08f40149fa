#pragma once
// OLoRA: LoRA from the first r columns of Q and rows of R of W₀ = Q·R, so that B starts orthonormal.
// Source: Büyükakyüz 2024, OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models, section 3.

#include "engine/adapters/adapter.h"
#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

/// The adapter with that start. Throws Error for a rank above a weight's smaller side.
Adapter orthonormal_start(Adapter adapter, Model& model);

std::unique_ptr<Method> make_olora(MethodStart start, Model& model);

} // namespace lora
