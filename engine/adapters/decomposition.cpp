#include "engine/adapters/decomposition.h"

#include "engine/adapters/whole_update.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>

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

Triangles by_cholesky(const at::Tensor& columns) {
    const at::Tensor gram = columns.transpose(1, 2).matmul(columns);
    const auto [lower, info] = at::linalg_cholesky_ex(gram);
    Triangles found;
    found.R = lower.transpose(1, 2).contiguous();
    found.well = usable(found.R, info, found.inverse);
    return found;
}

Basis basis_of(const at::Tensor& factor, const std::string& name) {
    at::Tensor sizes;
    const at::Tensor columns = normalized_factors(factor.unsqueeze(0), {name}, sizes);
    Basis basis;
    basis.size = sizes.item<double>();
    if (columns.size(1) <= columns.size(2)) {
        basis.columns = basis.inverse = at::eye(columns.size(1), columns.options());
        basis.R = columns[0];
        return basis;
    }
    const Triangles triangles = by_cholesky(columns);
    if (triangles.well.item<bool>()) {
        basis.columns = columns[0];
        basis.inverse = triangles.inverse[0];
        basis.R = triangles.R[0];
    } else {
        const auto [Q, R] = at::linalg_qr(columns[0]);
        basis.columns = Q;
        basis.inverse = at::eye(R.size(0), columns.options());
        basis.R = R;
    }
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
    Triangles triangles = by_cholesky(columns);
    const at::Tensor others = triangles.well.logical_not().nonzero().view({-1});
    if (others.numel() == 0) return triangles.R;
    const at::Tensor R = std::get<1>(at::linalg_qr(columns.index_select(0, others), "r"));
    return triangles.R.index_copy(0, others, R);
}

at::Tensor overlap(const Basis& a, const Basis& b) {
    return a.inverse.t().matmul(a.columns.t().matmul(b.columns)).matmul(b.inverse);
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
