#include "engine/analysis/spectrum.h"

#include "engine/adapters/decomposition.h"
#include "engine/adapters/whole_update.h"
#include "engine/analysis/dense_decomposition.h"
#include "engine/models/magnitude.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// k pairs of one shape: A [k, r, in], B [k, out, r] → [k, min(r, in, out)], still to be multiplied by the
// scales. `names` are for messages.
at::Tensor stacked_singular_values(
    const at::Tensor& A, const at::Tensor& B, const std::vector<std::string>& names) {
    at::Tensor size_A, size_B;
    const at::Tensor R_A = triangular_factors(normalized_factors(A, names, size_A).transpose(1, 2));
    const at::Tensor R_B = triangular_factors(normalized_factors(B, names, size_B));
    const at::Tensor core = R_B.matmul(R_A.transpose(1, 2)); // B · A = Q_B (R_B R_Aᵀ) Q_Aᵀ
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

using Shape = std::array<std::int64_t, 3>; // r, in, out

// As many as a core's cache holds in float64, but at least one.
std::size_t targets_at_once(const Shape& shape) {
    constexpr std::int64_t values = std::int64_t{1} << 17;
    const auto [r, in, out] = shape;
    return static_cast<std::size_t>(std::max<std::int64_t>(1, values / (r * (in + out))));
}

// Targets by their place, those of one shape together.
std::vector<std::vector<std::size_t>> batches_of(const Adapter& adapter) {
    std::map<Shape, std::vector<std::size_t>> open;
    std::vector<std::vector<std::size_t>> batches;
    for (std::size_t i = 0; i < adapter.targets.size(); ++i) {
        const LowRank& update = adapter.targets[i].update;
        const Shape shape{update.rank(), update.A.size(1), update.B.size(0)};
        std::vector<std::size_t>& batch = open[shape];
        batch.push_back(i);
        if (batch.size() == targets_at_once(shape)) batches.push_back(std::exchange(batch, {}));
    }
    for (auto& [shape, batch] : open)
        if (!batch.empty()) batches.push_back(std::move(batch));
    return batches;
}

// The spectra of these targets, which are of one shape, into their places.
void measure(const Adapter& adapter, const std::vector<std::size_t>& indices, std::vector<Spectrum>& all) {
    std::vector<at::Tensor> As, Bs;
    std::vector<std::string> paths;
    for (const std::size_t i : indices) {
        paths.push_back(adapter.targets[i].path);
        As.push_back(adapter.targets[i].update.A);
        Bs.push_back(adapter.targets[i].update.B);
    }
    const at::Tensor A = at::stack(As);
    const at::Tensor values = stacked_singular_values(A, at::stack(Bs), paths).contiguous();
    const at::Tensor in_use = A.ne(0).any(2).sum(1).to(at::kCPU, at::kLong);
    for (std::size_t k = 0; k < indices.size(); ++k) {
        const TargetUpdate& target = adapter.targets[indices[k]];
        Spectrum& spectrum = all[indices[k]];
        spectrum.path = target.path;
        spectrum.singular_values = values_of(values[static_cast<std::int64_t>(k)], target.update.scale);
        spectrum.measures = rank_measures(spectrum.singular_values);
        spectrum.measures.rank = in_use.const_data_ptr<std::int64_t>()[k];
    }
}

} // namespace

std::vector<double> singular_values(const LowRank& update) {
    const c10::NoGradGuard no_gradient;
    need_low_rank(update, "the update");
    const at::Tensor values =
        stacked_singular_values(update.A.unsqueeze(0), update.B.unsqueeze(0), {"the update"}).contiguous();
    return values_of(values[0], update.scale);
}

std::vector<Spectrum> spectra(const Adapter& adapter, const std::stop_token& stop) {
    need_widths(adapter);
    for (const auto& [path, alpha, update] : adapter.targets) need_low_rank(update, path);
    const std::vector<std::vector<std::size_t>> batches = batches_of(adapter);
    std::vector<Spectrum> all(adapter.targets.size());
    at::parallel_for(
        0, static_cast<std::int64_t>(batches.size()), 1, [&](std::int64_t begin, std::int64_t end) {
            const c10::NoGradGuard no_gradient; // of this thread
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                if (!stop.stop_requested()) measure(adapter, batches[i], all);
        });
    std::erase_if(all, [](const Spectrum& spectrum) { return spectrum.path.empty(); });
    return all;
}

std::vector<Spectrum> spectra(const Adapter& adapter, Model& model, const std::stop_token& stop) {
    if (!adapter.has_magnitudes()) return spectra(with_widths_of(model, adapter), stop);
    check_fit(adapter, model);
    const std::map<std::string, Linear*> linears = linears_by_path(model);
    std::vector<Spectrum> all;
    for (const auto& [path, alpha, update] : adapter.targets) {
        if (stop.stop_requested()) break;
        all.push_back(whole_spectrum(path, weight_change(linears.at(path)->weight(), update)));
    }
    return all;
}

Spectrum whole_spectrum(const std::string& path, const at::Tensor& change) {
    Spectrum spectrum;
    spectrum.path = path;
    spectrum.singular_values = singular_values(change);
    spectrum.measures = rank_measures(spectrum.singular_values);
    return spectrum;
}

} // namespace lora
