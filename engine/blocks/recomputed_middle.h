#pragma once
// A middle that has plain operators alone and stands between fused products all the same: the forward keeps
// the wide product and its result, the backward computes what lies between once more and lets autograd go
// back through it. That costs a second forward of the middle, little beside the products around it.

#include "engine/blocks/middle.h"

namespace lora {

class RecomputedMiddle : public Middle {
public:
    at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const override;
    at::Tensor again(const Kept& kept) const override { return kept.made; }
    at::Tensor backward(Kept& kept, const at::Tensor& dy) const override;
    bool runs_fused(const at::Tensor& /*like*/) const override { return true; }
};

} // namespace lora
