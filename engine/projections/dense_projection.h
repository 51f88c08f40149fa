#pragma once
// P with N(0, 1) everywhere, its columns divided by their length: the plainest, and a matrix in memory, so
// for small D·d only. Source: Li et al. 2018, section 2.

#include "engine/projections/projection.h"

namespace lora {

class DenseProjection : public Projection {
public:
    DenseProjection(const ProjectionShape& shape, std::uint64_t seed);

    void add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const override;
    void add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const override;
    std::int64_t size_bytes() const override;

private:
    std::vector<at::Tensor> pieces_; ///< float32 [rows, d]
};

} // namespace lora
