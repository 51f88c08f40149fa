#include "engine/analysis/dense_decomposition.h"

#include "engine/error.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double smallest = 1e-5;

// The matrix in float64 on the CPU divided by its largest entry, which goes into `size`.
at::Tensor normalized(const at::Tensor& matrix, double& size) {
    const at::Tensor wide = matrix.to(at::kCPU, at::kDouble);
    size = wide.numel() == 0 ? 0 : wide.abs().max().item<double>();
    if (!(size < std::numeric_limits<double>::infinity()))
        fail("the matrix", "values that are not finite", "numbers");
    if (size == 0) size = 1;
    return wide / size;
}

at::Tensor smaller_gram(const at::Tensor& matrix) {
    return matrix.size(0) < matrix.size(1) ? matrix.mm(matrix.t()) : matrix.t().mm(matrix);
}

std::vector<double> doubles_of(const at::Tensor& values) {
    const at::Tensor plain = values.contiguous();
    const double* data = plain.const_data_ptr<double>();
    return {data, data + plain.numel()};
}

DenseDecomposition wide_or_tall(DenseDecomposition found, bool transposed) {
    if (transposed) std::swap(found.U, found.V);
    return found;
}

} // namespace

std::vector<double> singular_values(const at::Tensor& matrix) {
    const c10::NoGradGuard no_gradient;
    double size = 1;
    const at::Tensor energies = at::linalg_eigvalsh(smaller_gram(normalized(matrix, size)));
    return doubles_of(energies.flip({0}).clamp_min(0).sqrt().mul(size));
}

DenseDecomposition decompose(const at::Tensor& matrix) {
    const c10::NoGradGuard no_gradient;
    double size = 1;
    const bool wide = matrix.size(0) < matrix.size(1);
    const at::Tensor plain = normalized(matrix, size);
    const at::Tensor tall = wide ? plain.t() : plain;
    const auto [energies, vectors] = at::linalg_eigh(smaller_gram(plain));
    const at::Tensor values = energies.flip({0}).clamp_min(0).sqrt();
    const std::int64_t count =
        values.numel() == 0 ? 0 : values.gt(values[0] * smallest).sum().item<std::int64_t>();
    DenseDecomposition found;
    found.values = values.slice(0, 0, count) * size;
    found.V = vectors.flip({1}).slice(1, 0, count);
    found.U = tall.mm(found.V) / values.slice(0, 0, count);
    return wide_or_tall(std::move(found), wide);
}

DenseDecomposition leading(const at::Tensor& matrix, std::int64_t count, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    constexpr std::int64_t beyond = 10; // directions carried along, so that the last ones asked for converge
    constexpr int most_rounds = 60;
    constexpr double still = 1e-7;
    double size = 1;
    const bool wide = matrix.size(0) < matrix.size(1);
    const at::Tensor plain = normalized(matrix, size);
    const at::Tensor tall = wide ? plain.t() : plain;
    count = std::min(count, tall.size(1));
    const std::int64_t width = std::min(count + beyond, tall.size(1));
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{1});
    at::Tensor V = at::empty({tall.size(1), width}, tall.options()).normal_(0, 1, random);
    V = std::get<0>(at::linalg_qr(V));
    DenseDecomposition found;
    for (int round = 0; round < most_rounds; ++round) {
        const auto [Q, R] = at::linalg_qr(tall.mm(V));
        const auto [u, values, vh] = at::linalg_svd(R, /*full_matrices=*/false);
        const at::Tensor before = found.values;
        found = {Q.mm(u.slice(1, 0, count)), values.slice(0, 0, count), V.mm(vh.t()).slice(1, 0, count)};
        const bool stands =
            before.defined()
            && (found.values - before).abs().max().item<double>() <= still * found.values[0].item<double>();
        if (stands || stop.stop_requested()) break;
        V = std::get<0>(at::linalg_qr(tall.t().mm(Q)));
    }
    found.values = found.values * size;
    return wide_or_tall(std::move(found), wide);
}

} // namespace lora
