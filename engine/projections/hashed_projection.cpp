#include "engine/projections/hashed_projection.h"

#include "engine/kernels/random_bits.h"
#include "engine/projections/projection_slices.h"

namespace lora {

namespace {

// Which column a row of the piece falls to.
struct Columns {
    RandomStream stream;
    std::uint32_t count;

    Columns(std::uint64_t seed, std::size_t piece, std::int64_t columns)
        : stream(random_stream(seed, piece, 0)), count(static_cast<std::uint32_t>(columns)) {}
    std::uint32_t operator()(std::int64_t row) const {
        return below(count, random_bits(stream, static_cast<std::uint32_t>(row)));
    }
};

} // namespace

HashedProjection::HashedProjection(const ProjectionShape& shape, std::uint64_t seed)
    : rows_(shape.rows), seed_(seed) {
    at::Tensor counts = at::zeros({shape.columns}, at::kDouble);
    for (std::size_t piece = 0; piece < rows_.size(); ++piece) {
        const Columns column(seed_, piece, shape.columns);
        sum_of_slices<double>(rows_[piece], counts, [&](std::int64_t begin, std::int64_t end, double* found) {
            for (std::int64_t row = begin; row < end; ++row) ++found[column(row)];
        });
    }
    values_ = at::where(counts > 0, counts.rsqrt(), at::zeros_like(counts));
}

void HashedProjection::add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const {
    const Columns column(seed_, piece, x.numel());
    const at::Tensor scaled = x * values_.to(x.scalar_type());
    for_type_of(x, [&]<class T>(T) {
        const T* const from = scaled.const_data_ptr<T>();
        T* const to = y.mutable_data_ptr<T>();
        in_slices(rows_.at(piece), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = begin; row < end; ++row) to[row] += from[column(row)];
        });
    });
}

void HashedProjection::add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const {
    const Columns column(seed_, piece, x.numel());
    at::Tensor sums = at::zeros_like(x);
    for_type_of(x, [&]<class T>(T) {
        const T* const from = y.const_data_ptr<T>();
        sum_of_slices<T>(rows_.at(piece), sums, [&](std::int64_t begin, std::int64_t end, T* to) {
            for (std::int64_t row = begin; row < end; ++row) to[column(row)] += from[row];
        });
    });
    x.add_(sums.mul_(values_.to(x.scalar_type())));
}

std::int64_t HashedProjection::size_bytes() const {
    return static_cast<std::int64_t>(values_.nbytes() + rows_.size() * sizeof(std::int64_t));
}

} // namespace lora
