#pragma once
// From the numbers of a subspace to weights and back: W_i = W₀_i + λ_l · P_i · θ_d, where P_i are the rows of
// a projection that belong to the weight, and its adjoint for gradients.
// Sources: Li et al. 2018, section 2 (λ = 1); Aghajanyan et al. 2020, section 3: DID with λ = 1, SAID with a
// λ for each layer that is learned and counts as one of the d numbers.

#include "engine/methods/trained_weights.h"
#include "engine/projections/projection.h"
#include "engine/run_settings/subspace_settings.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// d numbers in all.
struct SubspacePoint {
    at::Tensor theta;  ///< θ_d: [d], with a λ a layer [d − layers]
    at::Tensor lambda; ///< [layers], or [0]
};

class SubspaceMap {
public:
    /// Throws Error for a dimension that leaves no θ_d beside the λ or is larger than the weights' number.
    SubspaceMap(const TrainedWeights& weights, const SubspaceSettings& settings, std::uint64_t seed);

    /// θ_d = 0 and λ = 1: the model as it was.
    SubspacePoint origin(const at::TensorOptions& options) const;
    /// Writes what the point means into the weights.
    void write(const SubspacePoint& point, const TrainedWeights& weights) const;
    /// Adds to the point's gradients what the weights' say, weight by weight; those are let go.
    void collect(const TrainedWeights& weights, const SubspacePoint& point, SubspacePoint& gradients) const;

private:
    std::int64_t dimension_ = 0;
    std::vector<std::int64_t> layer_of_; ///< which λ is a weight's; empty without
    std::int64_t layers_ = 0;
    std::unique_ptr<Projection> projection_;
};

} // namespace lora
