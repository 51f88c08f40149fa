#pragma once
// A fixed random matrix P [D, d] that takes the d numbers a subspace trains to the D weights it moves. Its
// columns have length 1, so that for D ≫ d they are nearly orthonormal and a step in θ_d is as long in the
// weights. P is cut by rows into pieces, one a tensor of weights, so that nothing of D's size is ever needed.
// Sources: Li et al. 2018, Measuring the intrinsic dimension of objective landscapes; Aghajanyan et al. 2020,
// Intrinsic dimensionality explains the effectiveness of language model fine-tuning.

#include "engine/run_settings/projection_kind.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct ProjectionShape {
    std::vector<std::int64_t> rows; ///< of each piece; D is their sum
    std::int64_t columns = 0;       ///< d

    std::int64_t total_rows() const;
};

/// Vectors are contiguous, on the CPU, all float32 or all float64. The same results whatever the threads.
class Projection {
public:
    Projection() = default;
    Projection(const Projection&) = delete;
    Projection& operator=(const Projection&) = delete;
    virtual ~Projection() = default;

    /// y += P_piece · x: x [d], y [rows of the piece].
    virtual void add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const = 0;
    /// x += P_pieceᵀ · y.
    virtual void add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const = 0;
    /// What it holds in memory for as long as it lives.
    virtual std::int64_t size_bytes() const = 0;
};

/// P of this seed. Throws Error for a dimension below 1 or above D.
std::unique_ptr<Projection> make_projection(
    ProjectionKind kind, const ProjectionShape& shape, std::uint64_t seed);

} // namespace lora
