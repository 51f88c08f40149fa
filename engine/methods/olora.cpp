// OLoRA: LoRA from the first r columns of Q and rows of R of W₀ = Q·R, so that B starts orthonormal.
// Source: Büyükakyüz 2024, OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models, section 3.

#include "engine/methods/makers.h"
#include "engine/methods/residual_adaptation.h"
#include "engine/methods/weight_factors.h"

#include <ATen/ATen.h>

namespace lora {

namespace {

// The adapter with that start. Throws Error for a rank above a weight's smaller side.
Adapter orthonormal_start(Adapter adapter, Model& model) {
    for_each_weight(adapter, model, [](LowRank& update, const at::Tensor& weight) {
        const auto [Q, R] = at::linalg_qr(weight);
        update.B = Q.narrow(1, 0, update.rank()).contiguous();
        update.A = R.narrow(0, 0, update.rank()).contiguous();
    });
    return adapter;
}

} // namespace

std::unique_ptr<Method> make_olora(MethodStart start, Model& model) {
    Adapter adapter = std::move(start.adapter);
    if (!start.resumed) adapter = with_held_start(orthonormal_start(std::move(adapter), model));
    return std::make_unique<ResidualAdaptation>(std::move(adapter), model);
}

} // namespace lora
