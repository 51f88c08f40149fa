#include "engine/projections/fastfood_projection.h"

#include "engine/kernels/fastfood_loops.h"
#include "engine/kernels/random_bits.h"
#include "engine/projections/projection_slices.h"

#include <bit>
#include <cmath>

namespace lora {

namespace {

using Blocks = FastfoodProjection::Blocks;

// A smaller block costs more in its beginning than in its transforms; this one stays in the nearest cache.
constexpr std::int64_t least_block = 1024;

int bits_for(std::int64_t values) { return std::bit_width(static_cast<std::uint64_t>(values - 1)); }

FastfoodBlock block(const Blocks& blocks, std::int64_t row, std::int64_t column) {
    return {
        mixed_in(mixed_in(blocks.seed, static_cast<std::uint64_t>(column)), static_cast<std::uint64_t>(row)),
        blocks.bits};
}

std::int64_t rows_in(const Blocks& blocks, std::int64_t row) {
    return std::min(blocks.size(), blocks.rows - row * blocks.size());
}

std::int64_t columns_in(const Blocks& blocks, std::int64_t column) {
    return std::min(blocks.size(), blocks.columns - column * blocks.size());
}

template <class T>
std::vector<T> scratch_for(const Blocks& blocks) {
    return std::vector<T>(static_cast<std::size_t>(2 * blocks.size()));
}

// A column of one block has the square L · ΣG²; of a block that is cut off, its share of the rows (all rows
// of H are alike). Those of a piece are to come to the piece's share of P's rows.
std::vector<double> scales_for(const Blocks& blocks, double share) {
    std::vector<double> squares(static_cast<std::size_t>(blocks.below * blocks.beside));
    in_slices(blocks.below * blocks.beside, [&](std::int64_t begin, std::int64_t end) {
        auto scratch = scratch_for<float>(blocks);
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t row = i % blocks.below;
            squares[static_cast<std::size_t>(i)] = static_cast<double>(rows_in(blocks, row))
                                                   * fastfood_loops<float>().gaussian_squares(
                                                       block(blocks, row, i / blocks.below), scratch.data());
        }
    });
    std::vector<double> scales;
    for (auto first = squares.begin(); first != squares.end(); first += blocks.below)
        scales.push_back(std::sqrt(share / std::accumulate(first, first + blocks.below, 0.0)));
    return scales;
}

} // namespace

FastfoodProjection::FastfoodProjection(const ProjectionShape& shape, std::uint64_t seed) {
    const auto total = static_cast<double>(shape.total_rows());
    for (const std::int64_t rows : shape.rows) {
        Blocks blocks;
        blocks.seed = mixed_in(seed, pieces_.size());
        blocks.rows = rows;
        blocks.columns = shape.columns;
        blocks.bits = std::min(bits_for(std::max(shape.columns, least_block)), bits_for(rows));
        blocks.below = (rows + blocks.size() - 1) / blocks.size();
        blocks.beside = (shape.columns + blocks.size() - 1) / blocks.size();
        blocks.scales = scales_for(blocks, static_cast<double>(rows) / total);
        pieces_.push_back(std::move(blocks));
    }
}

void FastfoodProjection::add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const {
    const Blocks& blocks = pieces_.at(piece);
    for_type_of(x, [&]<class T>(T) {
        const T* const from = x.const_data_ptr<T>();
        T* const to = y.mutable_data_ptr<T>();
        in_slices(blocks.below, [&](std::int64_t begin, std::int64_t end) {
            auto scratch = scratch_for<T>(blocks);
            for (std::int64_t row = begin; row < end; ++row)
                for (std::int64_t column = 0; column < blocks.beside; ++column)
                    fastfood_loops<T>().forward(block(blocks, row, column), from + column * blocks.size(),
                        columns_in(blocks, column),
                        static_cast<T>(blocks.scales[static_cast<std::size_t>(column)]),
                        to + row * blocks.size(), rows_in(blocks, row), scratch.data());
        });
    });
}

void FastfoodProjection::add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const {
    const Blocks& blocks = pieces_.at(piece);
    for_type_of(x, [&]<class T>(T) {
        const T* const from = y.const_data_ptr<T>();
        sum_of_slices<T>(blocks.below, x, [&](std::int64_t begin, std::int64_t end, T* to) {
            auto scratch = scratch_for<T>(blocks);
            for (std::int64_t row = begin; row < end; ++row)
                for (std::int64_t column = 0; column < blocks.beside; ++column)
                    fastfood_loops<T>().adjoint(block(blocks, row, column), from + row * blocks.size(),
                        rows_in(blocks, row), static_cast<T>(blocks.scales[static_cast<std::size_t>(column)]),
                        to + column * blocks.size(), columns_in(blocks, column), scratch.data());
        });
    });
}

std::int64_t FastfoodProjection::size_bytes() const {
    std::size_t bytes = 0;
    for (const Blocks& blocks : pieces_) bytes += sizeof(Blocks) + blocks.scales.size() * sizeof(double);
    return static_cast<std::int64_t>(bytes);
}

} // namespace lora
