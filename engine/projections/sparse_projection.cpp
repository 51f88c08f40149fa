#include "engine/projections/sparse_projection.h"

#include "engine/kernels/random_bits.h"
#include "engine/projections/projection_slices.h"

#include <cmath>

namespace lora {

namespace {

// Calls visit(row, column, ±value) for the places of these bands that are not 0.
template <class T, class Visit>
void each_place(const SparseProjection::Bands& bands, std::int64_t first, std::int64_t last,
    std::int64_t columns, T value, const Visit& visit) {
    for (std::int64_t band = first; band < last; ++band) {
        const RandomStream places = random_stream(bands.seed, static_cast<std::uint64_t>(band), 0);
        const RandomStream signs = random_stream(bands.seed, static_cast<std::uint64_t>(band), 1);
        const std::int64_t begin = bands.begin(band);
        const auto width = static_cast<std::uint32_t>(bands.begin(band + 1) - begin);
        for (std::int64_t column = 0; column < columns; ++column) {
            const auto index = static_cast<std::uint32_t>(column);
            const std::uint32_t place = below(width, random_bits(places, index));
            visit(begin + place, column, random_bits(signs, index) >> 31 ? -value : value);
        }
    }
}

} // namespace

SparseProjection::SparseProjection(const ProjectionShape& shape, std::uint64_t seed) {
    const double band = std::sqrt(static_cast<double>(shape.total_rows()));
    std::int64_t bands = 0;
    for (const std::int64_t rows : shape.rows) {
        const auto count = std::max<std::int64_t>(1, std::llround(static_cast<double>(rows) / band));
        pieces_.push_back({mixed_in(seed, pieces_.size()), rows, count});
        bands += count;
    }
    value_ = 1 / std::sqrt(static_cast<double>(bands));
}

void SparseProjection::add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const {
    const Bands& bands = pieces_.at(piece);
    for_type_of(x, [&]<class T>(T) {
        const T* const from = x.const_data_ptr<T>();
        T* const to = y.mutable_data_ptr<T>();
        in_slices(bands.count, [&](std::int64_t begin, std::int64_t end) {
            each_place(bands, begin, end, x.numel(), static_cast<T>(value_),
                [&](std::int64_t row, std::int64_t column, T value) { to[row] += value * from[column]; });
        });
    });
}

void SparseProjection::add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const {
    const Bands& bands = pieces_.at(piece);
    for_type_of(x, [&]<class T>(T) {
        const T* const from = y.const_data_ptr<T>();
        sum_of_slices<T>(bands.count, x, [&](std::int64_t begin, std::int64_t end, T* to) {
            each_place(bands, begin, end, x.numel(), static_cast<T>(value_),
                [&](std::int64_t row, std::int64_t column, T value) { to[column] += value * from[row]; });
        });
    });
}

std::int64_t SparseProjection::size_bytes() const {
    return static_cast<std::int64_t>(pieces_.size() * sizeof(Bands));
}

} // namespace lora
