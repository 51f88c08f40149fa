#include "engine/projections/projection.h"

#include "engine/error.h"
#include "engine/projections/dense_projection.h"
#include "engine/projections/fastfood_projection.h"
#include "engine/projections/hashed_projection.h"
#include "engine/projections/sparse_projection.h"

#include <numeric>
#include <string>

namespace lora {

std::int64_t ProjectionShape::total_rows() const {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

std::unique_ptr<Projection> make_projection(
    ProjectionKind kind, const ProjectionShape& shape, std::uint64_t seed) {
    if (shape.columns < 1 || shape.columns > shape.total_rows())
        fail("subspace-dimension", std::to_string(shape.columns),
            "1 to " + std::to_string(shape.total_rows()) + ", the number of weights that it moves");
    switch (kind) {
    case ProjectionKind::Dense: return std::make_unique<DenseProjection>(shape, seed);
    case ProjectionKind::Sparse: return std::make_unique<SparseProjection>(shape, seed);
    case ProjectionKind::Hashed: return std::make_unique<HashedProjection>(shape, seed);
    case ProjectionKind::Fastfood: break;
    }
    return std::make_unique<FastfoodProjection>(shape, seed);
}

} // namespace lora
