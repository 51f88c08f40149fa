#pragma once
// OLoRA: LoRA from the first r columns of Q and rows of R of W₀ = Q·R, so that B starts orthonormal.
// Source: Büyükakyüz 2024, OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models, section 3.

#include "engine/adapters/adapter.h"

namespace lora {

/// The adapter with that start. Throws Error for a rank above a weight's smaller side.
Adapter orthonormal_start(Adapter adapter, Model& model);

} // namespace lora
