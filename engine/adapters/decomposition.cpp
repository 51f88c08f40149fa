#include "engine/adapters/decomposition.h"

#include "engine/adapters/whole_update.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// Up to here the Cholesky factor of the Gram matrix keeps singular values to 1e-12 and Q orthonormal to 1e-8.
constexpr double well_conditioned = 1e4;

// Which R [k, r, r] can be used, from ‖R‖_F ‖R⁻¹‖_F; inverses go to `inverse`.
at::Tensor usable(const at::Tensor& R, const at::Tensor& info, at::Tensor& inverse) {
    const at::Tensor identity = at::eye(R.size(1), R.options()).expand_as(R);
    inverse = at::linalg_solve_triangular(R, identity, /*upper=*/true);
    const at::Tensor condition = R.norm(2, {1, 2}) * inverse.norm(2, {1, 2});
    return condition.lt(well_conditioned).logical_and(info.eq(0)); // a NaN is not less
}

struct Triangles {
    at::Tensor R, inverse, well; // [k, r, r], [k, r, r], [k]
};

// From Gram matrices [k, r, r].
Triangles by_cholesky(const at::Tensor& grams) {
    const auto [lower, info] = at::linalg_cholesky_ex(grams);
    Triangles found;
    found.R = lower.transpose(1, 2).contiguous();
    found.well = usable(found.R, info, found.inverse);
    return found;
}

// The factor's largest entry, 1 where all are 0.
double size_of(const at::Tensor& factor, const std::string& name) {
    if (factor.numel() == 0) return 1;
    const auto [least, most] = at::aminmax(factor); // a NaN is both
    const double size = std::max(-least.item<double>(), most.item<double>());
    if (!std::isfinite(size)) fail(name, "values that are not finite", "numbers");
    return size > 0 ? size : 1;
}

// By blocks of rows that a core's cache holds: for wide layers, a float64 copy of a whole factor would cost
// more than the product.
std::int64_t rows_at_once(std::int64_t width) {
    constexpr std::int64_t values = std::int64_t{1} << 15;
    return std::max<std::int64_t>(1, values / std::max<std::int64_t>(1, width));
}

// Q_aᵀ · Q_b's middle, columns_aᵀ · columns_b, [r_a, r_b].
at::Tensor product_of_columns(const Basis& a, const Basis& b) {
    const std::int64_t rows = rows_at_once(std::max(a.columns.size(1), b.columns.size(1)));
    at::Tensor sum = at::zeros({a.columns.size(1), b.columns.size(1)}, at::kDouble);
    for (std::int64_t begin = 0; begin < a.columns.size(0); begin += rows)
        sum.addmm_(a.rows(begin, begin + rows).t(), b.rows(begin, begin + rows));
    return sum.div_(a.unit * b.unit);
}

// columnsᵀ · columns, [r, r], of which one corner is the other's transpose: a quarter less to multiply.
at::Tensor gram_of_columns(const Basis& basis) {
    const std::int64_t rank = basis.columns.size(1), half = rank / 2;
    const std::int64_t rows = rows_at_once(rank);
    at::Tensor gram = at::zeros({rank, rank}, at::kDouble);
    at::Tensor above = gram.narrow(0, 0, half),
               corner = gram.narrow(0, half, rank - half).narrow(1, half, rank - half);
    for (std::int64_t begin = 0; begin < basis.columns.size(0); begin += rows) {
        const at::Tensor block = basis.rows(begin, begin + rows);
        const at::Tensor second = block.narrow(1, half, rank - half);
        above.addmm_(block.narrow(1, 0, half).t(), block);
        corner.addmm_(second.t(), second);
    }
    gram.narrow(0, half, rank - half).narrow(1, 0, half).copy_(above.narrow(1, half, rank - half).t());
    return gram.div_(basis.unit * basis.unit);
}

Basis basis_of(const at::Tensor& factor, const std::string& name) {
    Basis basis;
    basis.columns = factor.to(at::kCPU);
    basis.size = basis.unit = size_of(basis.columns, name);
    // The squares of float32 stay in float64's range, those of float64 need not.
    if (factor.scalar_type() == at::kDouble) {
        basis.columns = basis.columns / basis.size;
        basis.unit = 1;
    }
    if (factor.size(0) > factor.size(1)) {
        const Triangles triangles = by_cholesky(gram_of_columns(basis).unsqueeze(0));
        if (triangles.well.item<bool>()) {
            basis.inverse = triangles.inverse[0];
            basis.R = triangles.R[0];
            return basis;
        }
        std::tie(basis.columns, basis.R) = at::linalg_qr(basis.rows(0, factor.size(0)).div(basis.unit));
        basis.inverse = at::eye(factor.size(1), at::kDouble);
    } else {
        basis.R = basis.rows(0, factor.size(0)).div(basis.unit);
        basis.columns = basis.inverse = at::eye(factor.size(0), at::kDouble);
    }
    basis.unit = 1;
    return basis;
}

} // namespace

at::Tensor normalized_factors(
    const at::Tensor& factors, const std::vector<std::string>& names, at::Tensor& sizes) {
    at::Tensor wide = factors.to(at::kCPU, at::kDouble, /*non_blocking=*/false, /*copy=*/true);
    // In the factors' own type: amax is vectorised, the infinity norm is not.
    at::Tensor largest = factors.abs().amax({1, 2}, /*keepdim=*/true).to(at::kCPU, at::kDouble);
    const at::Tensor finite = at::isfinite(largest).view({-1});
    for (std::size_t k = 0; k < names.size(); ++k)
        if (!finite[static_cast<std::int64_t>(k)].item<bool>())
            fail(names[k], "values that are not finite", "numbers");
    largest = at::where(largest > 0, largest, at::ones_like(largest));
    sizes = largest.view({-1});
    return wide.div_(largest);
}

at::Tensor triangular_factors(const at::Tensor& columns) {
    if (columns.size(1) <= columns.size(2)) return columns;
    Triangles triangles = by_cholesky(columns.transpose(1, 2).matmul(columns));
    const at::Tensor others = triangles.well.logical_not().nonzero().view({-1});
    if (others.numel() == 0) return triangles.R;
    const at::Tensor R = std::get<1>(at::linalg_qr(columns.index_select(0, others), "r"));
    return triangles.R.index_copy(0, others, R);
}

at::Tensor Basis::rows(std::int64_t begin, std::int64_t end) const {
    return columns.slice(0, begin, end).to(at::kDouble);
}

at::Tensor Basis::times(const at::Tensor& coordinates) const {
    return rows(0, columns.size(0)).matmul(inverse.matmul(coordinates).div_(unit));
}

at::Tensor overlap(const Basis& a, const Basis& b) {
    return a.inverse.t().matmul(product_of_columns(a, b)).matmul(b.inverse);
}

std::int64_t Decomposition::directions() const {
    constexpr double rounding = 1e-6;
    if (values.numel() == 0) return 0;
    return values.gt(values[0] * rounding).sum().item<std::int64_t>();
}

Decomposition decompose(const LowRank& update, const std::string& name) {
    const c10::NoGradGuard no_gradient;
    need_low_rank(update, name);
    Decomposition found;
    found.outputs = basis_of(update.B, name);
    found.inputs = basis_of(update.A.t(), name);
    const auto [u, values, vh] =
        at::linalg_svd(found.outputs.R.matmul(found.inputs.R.t()), /*full_matrices=*/false);
    const std::int64_t count = std::min({update.A.size(0), update.A.size(1), update.B.size(0)});
    found.values =
        values.slice(0, 0, count).mul(found.outputs.size * found.inputs.size * std::abs(update.scale));
    found.u = u.slice(1, 0, count).mul(update.scale < 0 ? -1.0 : 1.0);
    found.v = vh.slice(0, 0, count).t();
    return found;
}

} // namespace lora
