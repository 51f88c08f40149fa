#include "engine/methods/olora.h"

#include "engine/methods/residual_adaptation.h"
#include "engine/methods/weight_factors.h"

#include <ATen/ATen.h>

namespace lora {

Adapter orthonormal_start(Adapter adapter, Model& model) {
    for_each_weight(adapter, model, [](LowRank& update, const at::Tensor& weight) {
        const auto [Q, R] = at::linalg_qr(weight);
        update.B = Q.narrow(1, 0, update.rank()).contiguous();
        update.A = R.narrow(0, 0, update.rank()).contiguous();
    });
    return adapter;
}

std::unique_ptr<Method> make_olora(MethodStart start, Model& model) {
    Adapter adapter = std::move(start.adapter);
    if (!start.resumed) adapter = with_held_start(orthonormal_start(std::move(adapter), model));
    return std::make_unique<ResidualAdaptation>(std::move(adapter), model);
}

} // namespace lora
