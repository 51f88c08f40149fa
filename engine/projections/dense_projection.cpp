#include "engine/projections/dense_projection.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace lora {

DenseProjection::DenseProjection(const ProjectionShape& shape, std::uint64_t seed) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    at::Tensor squares = at::zeros({shape.columns}, at::kDouble);
    for (const std::int64_t rows : shape.rows) {
        pieces_.push_back(at::empty({rows, shape.columns}, at::kFloat).normal_(0, 1, generator));
        squares += pieces_.back().square().sum({0}, false, at::kDouble);
    }
    const at::Tensor lengths = squares.sqrt_().to(at::kFloat);
    for (at::Tensor& piece : pieces_) piece.div_(lengths);
}

void DenseProjection::add_product(std::size_t piece, const at::Tensor& x, at::Tensor& y) const {
    y.addmv_(pieces_.at(piece).to(x.scalar_type()), x);
}

void DenseProjection::add_adjoint(std::size_t piece, const at::Tensor& y, at::Tensor& x) const {
    x.addmv_(pieces_.at(piece).to(x.scalar_type()).t(), y);
}

std::int64_t DenseProjection::size_bytes() const {
    std::size_t bytes = 0;
    for (const at::Tensor& piece : pieces_) bytes += piece.nbytes();
    return static_cast<std::int64_t>(bytes);
}

} // namespace lora
