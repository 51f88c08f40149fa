#pragma once
// P from Fastfood's blocks: below each other where a piece has more rows than a block, beside each other
// where d is larger than the largest block that the piece has use for, so that no part of θ_d is cut off.
// Source: Le, Sarlós and Smola 2013, section 3; Aghajanyan et al. 2020, section 3.2.

#include "engine/projections/projection.h"

namespace lora {

class FastfoodProjection : public Projection {
public:
    FastfoodProjection(const ProjectionShape& shape, std::uint64_t seed);

    void add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const override;
    void add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const override;
    std::int64_t size_bytes() const override;

    /// The blocks of one piece, L × L each.
    struct Blocks {
        std::uint64_t seed = 0;
        std::int64_t rows = 0;      ///< of the piece
        std::int64_t columns = 0;   ///< d
        int bits = 0;               ///< L = 2^bits
        std::int64_t below = 0;     ///< below each other: ⌈rows/L⌉
        std::int64_t beside = 0;    ///< beside each other: ⌈d/L⌉
        std::vector<double> scales; ///< of each column of blocks: what gives P's columns their length

        std::int64_t size() const { return std::int64_t{1} << bits; }
    };

private:
    std::vector<Blocks> pieces_;
};

} // namespace lora
