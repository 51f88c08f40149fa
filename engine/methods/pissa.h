#pragma once
// PiSSA: LoRA from the weight's own largest directions, B⁰ = U_r·√(S_r/s), A⁰ = √(S_r/s)·V_rᵀ of
// W₀ = U·S·Vᵀ.
// Source: Meng et al. 2024, PiSSA: Principal Singular Values and Singular Vectors Adaptation, section 3.

#include "engine/adapters/adapter.h"
#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

/// The adapter with that start. Throws Error for a rank above a weight's smaller side.
Adapter principal_start(Adapter adapter, Model& model);

std::unique_ptr<Method> make_pissa(MethodStart start, Model& model);

} // namespace lora
