#pragma once
// LoRA-XS: ΔW = s · U_rS_r · R · V_rᵀ with the frozen largest directions of W₀ = U·S·Vᵀ; R alone, r × r, is
// trained. On the model B' = U_rS_r and A' = R·V_rᵀ, so that the gradient is dR = dA'·V_r.
// Source: Bałazy et al. 2024, LoRA-XS: Low-Rank Adaptation with Extremely Small Number of Parameters,
// section 3.

#include "engine/methods/derived_adaptation.h"

#include <cstdint>

namespace lora {

/// The adapter with B = U_rS_r and A = V_rᵀ. Throws Error for a rank above a weight's smaller side.
Adapter principal_directions(Adapter adapter, Model& model);

class LoraXs final : public DerivedAdaptation {
public:
    /// An adapter as principal_directions() gives it; R is drawn from the seed, N(0, 1e-5²).
    LoraXs(Adapter directions, std::uint64_t seed, Model& model);

    void apply() override;
    std::vector<NamedTensor> state() const override;
    void restore(const SafetensorsFile& state) override;

private:
    void collect_updates() override;

    std::vector<at::Tensor> core_;       ///< R of each target, [r, r]
    std::vector<at::Tensor> directions_; ///< V_r, [in, r]
};

} // namespace lora
