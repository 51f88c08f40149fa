#pragma once
// AdamW over a method's groups of parameters.
// Source: Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization; ATen's fused step.

#include "engine/methods/parameters.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class AdamW {
public:
    /// The groups' tensors are shared. At least one group.
    AdamW(std::vector<ParameterGroup> groups, double weight_decay);

    /// The gradients' 2-norm over all groups, float32 [] where they lie; not finite if any of them is not.
    at::Tensor gradient_norm() const;
    /// Scales the gradients down to `norm` where `found` is larger. 0: leaves them.
    void clip(double found, double norm);
    /// One step with these gradients, which stay; a group's rate is `lr` times its factor.
    void step(double lr);
    void clear_gradients();

    /// AdamW's moments, of each group in turn and of its shape.
    struct Moments {
        at::Tensor first;
        at::Tensor second;
    };
    /// With the steps done, what a resume needs.
    std::vector<Moments> moments;
    std::int64_t steps = 0;

private:
    std::vector<ParameterGroup> groups_;
    double weight_decay_;
};

} // namespace lora
