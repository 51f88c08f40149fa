#pragma once
// P with one place in each row that is not 0: every weight follows one number of θ_d, drawn by a hash,
// divided by the root of how many follow it. Columns are exactly orthonormal: a step in θ_d is exactly as
// long in the weights. Source: Li et al. 2025, Uni-LoRA: One vector is all you need.

#include "engine/projections/projection.h"

namespace lora {

class HashedProjection : public Projection {
public:
    HashedProjection(const ProjectionShape& shape, std::uint64_t seed);

    void add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const override;
    void add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const override;
    std::int64_t size_bytes() const override;

private:
    std::vector<std::int64_t> rows_;
    std::uint64_t seed_ = 0;
    at::Tensor values_; ///< float64 [d]: 1/√(rows of the column); 0 for a column that no row fell to
};

} // namespace lora
