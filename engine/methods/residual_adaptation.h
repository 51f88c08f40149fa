#pragma once
// LoRA from a start B⁰A⁰ that is not zero. The methods that have one take s·B⁰A⁰ off W₀ first; here W₀ stays
// as it is, and the update is s·(B·A − B⁰A⁰) = s·[B, −B⁰]·[A; A⁰], of rank 2r with one half held. PEFT
// converts such adapters to plain LoRA in the same form.

#include "engine/methods/derived_adaptation.h"

namespace lora {

/// An adapter whose A⁰ and B⁰ are a start, in that form: the rank and α doubled, the scale as before.
Adapter with_held_start(Adapter adapter);

class ResidualAdaptation final : public DerivedAdaptation {
public:
    /// An adapter as with_held_start() gives it, or as it was saved in training.
    ResidualAdaptation(Adapter adapter, Model& model);

    void apply() override;

private:
    void collect_updates() override;

    std::vector<at::Tensor> inner_; ///< [r, in] of each target
    std::vector<at::Tensor> outer_; ///< [out, r]
};

} // namespace lora
