#pragma once
// P with ±1 at a share of 1/√D of its places: each column has one in every band of about √D rows, at a place
// and with a sign that are hashes, so that all columns have the same length and nothing is stored.
// Sources: Li, Hastie and Church 2006, Very sparse random projections (the share and the signs); Kane and
// Nelson 2014, Sparser Johnson–Lindenstrauss transforms (one in each band).

#include "engine/projections/projection.h"

namespace lora {

class SparseProjection : public Projection {
public:
    SparseProjection(const ProjectionShape& shape, std::uint64_t seed);

    void add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const override;
    void add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const override;
    std::int64_t size_bytes() const override;

    /// A piece's rows, cut into bands that are as even as they can be.
    struct Bands {
        std::uint64_t seed = 0;
        std::int64_t rows = 0;
        std::int64_t count = 0;

        std::int64_t begin(std::int64_t band) const { return rows * band / count; }
    };

private:
    std::vector<Bands> pieces_;
    double value_ = 0; ///< of the places that are not 0: 1/√(bands of all pieces)
};

} // namespace lora
