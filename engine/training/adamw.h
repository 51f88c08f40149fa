#pragma once
// AdamW over one flat buffer that all trainable tensors are views of.
// Source: Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization; ATen's fused step.

#include "engine/adapters/adapter.h"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// The adapter's A and B laid end to end, target by target, A before B; then its head.
struct FlatParameters {
    at::Tensor values;    ///< float32 [P]
    at::Tensor gradients; ///< float32 [P], added to by every backward

    /// Moves the adapter's tensors into one buffer; they become leaves whose gradients are views of
    /// `gradients`.
    static FlatParameters adopt(Adapter& adapter);
};

class AdamW {
public:
    AdamW(FlatParameters parameters, double weight_decay);

    /// The gradients' 2-norm, float32 [] where they lie; not finite if any of them is not.
    at::Tensor gradient_norm() const;
    /// Scales the gradients down to `norm` where `found` is larger. 0: leaves them.
    void clip(double found, double norm);
    /// One step with these gradients, which are then cleared.
    void step(double lr);
    void clear_gradients();

    /// AdamW's moments, [P] each, and the steps done: what a resume needs.
    at::Tensor first_moment;
    at::Tensor second_moment;
    std::int64_t steps = 0;

private:
    FlatParameters parameters_;
    double weight_decay_;
};

} // namespace lora
