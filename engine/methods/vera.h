#pragma once
// VeRA: ΔW = diag(b) · B · diag(d) · A with one random pair A and B for all linears, frozen; each linear's b
// and d are trained, b from 0 and d from d_initial. On the model A' = A and B' = diag(b) · B · diag(d), so
// that with G = dB' ∘ B the gradients are db = G·d and dd = Gᵀ·b. It has no α: the vectors are the scale.
// Source: Kopiczko et al. 2023, VeRA: Vector-based Random Matrix Adaptation, section 3.

#include "engine/methods/derived_adaptation.h"

#include <cstdint>

namespace lora {

/// The adapter's targets with a projection of their rank, drawn from the seed, and the first vectors. Throws
/// Error where the ranks differ.
Adapter with_shared_projection(Adapter adapter, double d_initial, std::uint64_t seed);

class Vera final : public DerivedAdaptation {
public:
    /// An adapter with a projection.
    Vera(Adapter adapter, Model& model);

    void apply() override;

private:
    void collect_updates() override;
    VeraVectors& vectors_of(const TargetUpdate& target) { return adapter_.vera->vectors.at(target.path); }
    at::Tensor rows_of(const VeraVectors& own) const; ///< B's first rows, [out, r]
};

} // namespace lora
