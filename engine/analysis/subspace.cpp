#include "engine/analysis/subspace.h"

#include "engine/adapters/decomposition.h"
#include "engine/adapters/whole_update.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// Independent rows of n entries have a cosine of about 1/√n, and training turns a row slowly: the same start
// shows for thousands of steps.
constexpr double same_start_cosine = 0.4;

std::vector<double> values_of(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.contiguous();
    const double* data = plain.const_data_ptr<double>();
    return {data, data + plain.numel()};
}

SimilarityMap map_of(const at::Tensor& products) {
    return similarity_map(values_of(products), products.size(0), products.size(1));
}

// Between the spaces whose orthonormal bases have these inner products.
std::vector<double> principal_angles(const at::Tensor& products) {
    if (products.numel() == 0) return {};
    const at::Tensor cosines = at::linalg_svdvals(products).clamp(0, 1);
    return values_of(cosines.acos() * (180 / std::numbers::pi));
}

// Share of Σσ² in directions whose inner products with the other's are `products`, one row a direction.
double shared_energy(const at::Tensor& values, const at::Tensor& products) {
    const at::Tensor energies = values.square();
    return (energies * products.square().sum(1)).sum().div(energies.sum()).item<double>();
}

double mean_share(const Decomposition& a, const Decomposition& b, const at::Tensor& products) {
    const at::Tensor of_a = a.values.slice(0, 0, products.size(0));
    const at::Tensor of_b = b.values.slice(0, 0, products.size(1));
    return (shared_energy(of_a, products) + shared_energy(of_b, products.t())) / 2;
}

// Of A's rows, which are the columns of Q·R; `products` are the bases' own.
double mean_row_cosine(const Basis& a, const Basis& b, const at::Tensor& products) {
    const auto unit = [](const at::Tensor& R) { return R / R.norm(2, {0}, true).clamp_min(1e-300); };
    return unit(a.R).t().matmul(products).matmul(unit(b.R)).diagonal().mean().item<double>();
}

// The left-singular vectors of the basis's R, in the basis: of Aᵀ, so A's right-singular ones.
at::Tensor own_directions(const Basis& basis) {
    const auto [u, values, vh] = at::linalg_svd(basis.R, /*full_matrices=*/false);
    const std::int64_t count = values.gt(values[0] * 1e-6).sum().item<std::int64_t>();
    return u.slice(1, 0, count);
}

using Pair = std::pair<const TargetUpdate*, const TargetUpdate*>;

// One pair a thread: the small matrices of one would leave the other threads idle.
std::vector<TargetComparison> compare(const std::vector<Pair>& pairs, const std::stop_token& stop) {
    std::vector<TargetComparison> all(pairs.size());
    at::parallel_for(
        0, static_cast<std::int64_t>(pairs.size()), 1, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                if (!stop.stop_requested()) all[i] = compare(*pairs[i].first, *pairs[i].second);
        });
    std::erase_if(all, [](const TargetComparison& done) { return done.path.empty(); });
    return all;
}

} // namespace

TargetComparison compare(const TargetUpdate& first, const TargetUpdate& second) {
    const c10::NoGradGuard no_gradient;
    const Decomposition a = decompose(first.update, first.path);
    const Decomposition b = decompose(second.update, second.path);
    const at::Tensor inputs = overlap(a.inputs, b.inputs);
    const at::Tensor outputs = overlap(a.outputs, b.outputs);

    TargetComparison found;
    found.path = first.path;
    found.in = first.update.A.size(1);
    found.out = first.update.B.size(0);
    found.A = map_of(own_directions(a.inputs).t().matmul(inputs).matmul(own_directions(b.inputs)));
    found.norm_1 = a.values.norm().item<double>();
    found.norm_2 = b.values.norm().item<double>();
    found.row_cosine = mean_row_cosine(a.inputs, b.inputs, inputs);
    found.same_start = found.row_cosine > same_start_cosine;
    const std::int64_t rank_a = a.directions(), rank_b = b.directions();
    if (rank_a == 0 || rank_b == 0) return found;

    const auto turned = [&](const at::Tensor& of_a, const at::Tensor& products, const at::Tensor& of_b) {
        return of_a.slice(1, 0, rank_a).t().matmul(products).matmul(of_b.slice(1, 0, rank_b));
    };
    const at::Tensor read = turned(a.v, inputs, b.v), written = turned(a.u, outputs, b.u);
    found.inputs = map_of(read);
    found.outputs = map_of(written);
    found.input_angles = principal_angles(read);
    found.output_angles = principal_angles(written);
    const at::Tensor sigma_a = a.values.slice(0, 0, rank_a), sigma_b = b.values.slice(0, 0, rank_b);
    found.dot = (sigma_a.unsqueeze(1) * sigma_b.unsqueeze(0) * read * written).sum().item<double>();
    found.cosine = found.dot / (found.norm_1 * found.norm_2);
    found.shared_inputs = mean_share(a, b, read);
    found.shared_outputs = mean_share(a, b, written);
    return found;
}

AdapterComparison compare(const Adapter& first, const Adapter& second, const std::stop_token& stop) {
    const auto begin = std::chrono::steady_clock::now();
    need_widths(first);
    need_widths(second);
    std::map<std::string, const TargetUpdate*> others;
    for (const auto& target : second.targets) others.emplace(target.path, &target);
    AdapterComparison comparison;
    std::vector<Pair> pairs;
    for (const auto& target : first.targets) {
        const auto found = others.find(target.path);
        if (found == others.end()) {
            comparison.only_first.push_back(target.path);
            continue;
        }
        const TargetUpdate& other = *found->second;
        others.erase(found);
        if (target.update.A.size(1) != other.update.A.size(1)
            || target.update.B.size(0) != other.update.B.size(0))
            comparison.other_shapes.push_back(target.path);
        else
            pairs.emplace_back(&target, &other);
    }
    for (const auto& target : second.targets)
        if (others.contains(target.path)) comparison.only_second.push_back(target.path);
    comparison.targets = compare(pairs, stop);
    comparison.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return comparison;
}

} // namespace lora
