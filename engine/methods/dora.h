#pragma once
// DoRA: W = m ⊙ (W₀ + α/r · B·A) / ‖W₀ + α/r · B·A‖, row by row; A, B and the lengths m are trained. The norm
// is held constant in the backward, as section 4.3 has it and PEFT does, so that the gradients are not those
// of the whole formula; it is taken anew after each step. Source: Liu et al. 2024, DoRA: Weight-Decomposed
// Low-Rank Adaptation, section 4.

#include "engine/methods/method.h"

#include <vector>

namespace lora {

/// The adapter with a magnitude on every update: where there is none, the rows' own lengths, so that the
/// model says what it said before.
Adapter with_magnitudes(Adapter adapter, Model& model);

class Dora final : public Method {
public:
    /// An adapter as with_magnitudes() gives it.
    Dora(Adapter adapter, Model& model);

    /// One group: A, B and m, target by target, then a classifier's head.
    std::vector<ParameterGroup> parameters() const override { return {flat_}; }
    void apply() override;
    const Adapter& adapter() const override { return adapter_; }

private:
    Adapter adapter_;
    ParameterGroup flat_;
    std::vector<Linear*> linears_; ///< of the targets
};

} // namespace lora
