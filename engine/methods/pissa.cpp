// PiSSA: LoRA from the weight's own largest directions, B⁰ = U_r·√(S_r/s), A⁰ = √(S_r/s)·V_rᵀ of
// W₀ = U·S·Vᵀ.
// Source: Meng et al. 2024, PiSSA: Principal Singular Values and Singular Vectors Adaptation, section 3.

#include "engine/methods/makers.h"
#include "engine/methods/residual_adaptation.h"
#include "engine/methods/weight_factors.h"

#include <cmath>

#include <ATen/ATen.h>

namespace lora {

namespace {

// The adapter with that start. Throws Error for a rank above a weight's smaller side.
Adapter principal_start(Adapter adapter, Model& model) {
    for_each_weight(adapter, model, [](LowRank& update, const at::Tensor& weight) {
        const LargestDirections of = largest_directions(weight, update.rank());
        const at::Tensor root = (of.S / update.scale).sqrt();
        update.B = of.U * root;
        update.A = root.unsqueeze(1) * of.V.t();
    });
    return adapter;
}

} // namespace

std::unique_ptr<Method> make_pissa(MethodStart start, Model& model) {
    Adapter adapter = std::move(start.adapter);
    if (!start.resumed) adapter = with_held_start(principal_start(std::move(adapter), model));
    return std::make_unique<ResidualAdaptation>(std::move(adapter), model);
}

} // namespace lora
