#include "engine/blocks/recomputed_middle.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace lora {

at::Tensor RecomputedMiddle::forward(Kept& kept, const Trip& trip, const Pass& pass) const {
    const c10::NoGradGuard no_gradient;
    kept.tokens = trip.tokens;
    kept.made = plain({kept.wide}, trip, pass);
    return kept.made;
}

at::Tensor RecomputedMiddle::backward(Kept& kept, const at::Tensor& dy) const {
    const c10::AutoGradMode with_gradient(true);
    const at::Tensor wide = kept.wide.detach().requires_grad_();
    const at::Tensor y = plain({wide}, Trip{kept.tokens}, Pass{});
    return torch::autograd::grad({y}, {wide}, {dy})[0];
}

} // namespace lora
