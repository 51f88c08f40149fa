#pragma once
// Uni-LoRA: A and B of all updates, laid end to end, are P·θ_d: the subspace lies in LoRA's own space. θ_d
// starts from small random numbers, since at A = B = 0 neither would get a gradient.
// Source: Li et al. 2025, Uni-LoRA: One vector is all you need (there with the hashed projection).

#include "engine/methods/derived_adaptation.h"
#include "engine/projections/projection.h"
#include "engine/run_settings/subspace_settings.h"

#include <memory>

namespace lora {

class UniLora : public DerivedAdaptation {
public:
    /// Throws Error for a dimension above the number of LoRA's parameters.
    UniLora(Adapter adapter, const SubspaceSettings& settings, std::uint64_t seed, Model& model);

    void apply() override;
    std::vector<NamedTensor> state() const override { return {{"theta", theta_}}; }
    void restore(const SafetensorsFile& state) override;

protected:
    void collect_updates() override;

private:
    at::Tensor theta_;
    std::unique_ptr<Projection> projection_;
};

} // namespace lora
