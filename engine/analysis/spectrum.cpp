#include "engine/analysis/spectrum.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// Each target's factor scaled to a largest entry of 1, so that neither tiny nor huge ones leave float64's
// range.
at::Tensor normalized(const at::Tensor& factors, const std::vector<std::string>& names, at::Tensor& sizes) {
    const at::Tensor wide = factors.to(at::kCPU, at::kDouble);
    at::Tensor largest = wide.abs().amax({1, 2}, /*keepdim=*/true);
    const at::Tensor finite = at::isfinite(largest).view({-1});
    for (std::size_t k = 0; k < names.size(); ++k)
        if (!finite[static_cast<std::int64_t>(k)].item<bool>())
            fail(names[k], "values that are not finite", "numbers");
    largest = at::where(largest > 0, largest, at::ones_like(largest));
    sizes = largest.view({-1});
    return wide / largest;
}

// R of a QR of [k, n, r], as an r-column factor: the input itself where it has no more rows than columns.
at::Tensor triangular(const at::Tensor& columns) {
    if (columns.size(1) <= columns.size(2)) return columns;
    return std::get<1>(at::linalg_qr(columns, "r"));
}

// k pairs of one shape: A [k, r, in], B [k, out, r] → [k, min(r, in, out)], still to be multiplied by the
// scales. `names` are for messages.
at::Tensor stacked_singular_values(
    const at::Tensor& A, const at::Tensor& B, const std::vector<std::string>& names) {
    at::Tensor size_A, size_B;
    const at::Tensor R_A = triangular(normalized(A, names, size_A).transpose(1, 2)); // Aᵀ = Q_A R_A
    const at::Tensor R_B = triangular(normalized(B, names, size_B));                 // B = Q_B R_B
    const at::Tensor core = R_B.matmul(R_A.transpose(1, 2));
    const std::int64_t count = std::min({A.size(1), A.size(2), B.size(1)});
    return at::linalg_svdvals(core).slice(1, 0, count) * (size_A * size_B).unsqueeze(1);
}

std::vector<double> values_of(const at::Tensor& row, double scale) {
    std::vector<double> values(static_cast<std::size_t>(row.numel()));
    const double* data = row.const_data_ptr<double>();
    std::transform(
        data, data + row.numel(), values.begin(), [&](double value) { return value * std::abs(scale); });
    return values;
}

} // namespace

std::vector<double> singular_values(const LowRank& update) {
    const c10::NoGradGuard no_gradient;
    const at::Tensor values =
        stacked_singular_values(update.A.unsqueeze(0), update.B.unsqueeze(0), {"the update"}).contiguous();
    return values_of(values[0], update.scale);
}

std::vector<Spectrum> spectra(const Adapter& adapter, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    std::map<std::array<std::int64_t, 3>, std::vector<std::size_t>> by_shape; // r, in, out → targets
    for (std::size_t i = 0; i < adapter.targets.size(); ++i) {
        const LowRank& update = adapter.targets[i].update;
        by_shape[{update.rank(), update.A.size(1), update.B.size(0)}].push_back(i);
    }
    std::vector<Spectrum> all(adapter.targets.size());
    for (const auto& [shape, indices] : by_shape) {
        if (stop.stop_requested()) break;
        std::vector<at::Tensor> As, Bs;
        std::vector<std::string> paths;
        for (const std::size_t i : indices) {
            paths.push_back(adapter.targets[i].path);
            As.push_back(adapter.targets[i].update.A);
            Bs.push_back(adapter.targets[i].update.B);
        }
        const at::Tensor values = stacked_singular_values(at::stack(As), at::stack(Bs), paths).contiguous();
        for (std::size_t k = 0; k < indices.size(); ++k) {
            const TargetUpdate& target = adapter.targets[indices[k]];
            Spectrum& spectrum = all[indices[k]];
            spectrum.path = target.path;
            spectrum.singular_values = values_of(values[static_cast<std::int64_t>(k)], target.update.scale);
            spectrum.measures = rank_measures(spectrum.singular_values);
        }
    }
    std::erase_if(all, [](const Spectrum& spectrum) { return spectrum.path.empty(); });
    return all;
}

} // namespace lora
