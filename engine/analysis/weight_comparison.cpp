#include "engine/analysis/weight_comparison.h"

#include "engine/adapters/decomposition.h"
#include "engine/adapters/whole_update.h"
#include "engine/error.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// Weights whose smaller side is no longer are decomposed whole: there it costs less than the power iteration.
constexpr std::int64_t small_side = 1024;

// W · V and ‖W‖², in blocks of rows, so that no float64 copy of a whole weight is made.
at::Tensor times(const at::Tensor& weight, const at::Tensor& V, double& energy) {
    constexpr std::int64_t rows_at_once = 1024;
    const at::Tensor right = V.to(weight.device());
    std::vector<at::Tensor> blocks;
    energy = 0;
    for (const at::Tensor& rows : weight.split(rows_at_once)) {
        const at::Tensor wide = rows.to(at::kDouble);
        energy += wide.square().sum().item<double>();
        blocks.push_back(wide.mm(right));
    }
    return at::cat(blocks).to(at::kCPU);
}

SimilarityMap map_of(const at::Tensor& directions, const at::Tensor& others) {
    const at::Tensor products = directions.t().mm(others.to(at::kDouble)).contiguous();
    const double* data = products.const_data_ptr<double>();
    return similarity_map({data, data + products.numel()}, products.size(0), products.size(1));
}

Intruders find_intruders(
    const at::Tensor& tuned, const DenseDecomposition& weight, const WeightQuestions& asked) {
    const DenseDecomposition top = tuned.size(0) > small_side && tuned.size(1) > small_side
                                       ? leading(tuned, asked.intruder_directions)
                                       : decompose(tuned);
    const std::int64_t count = std::min(asked.intruder_directions, top.values.size(0));
    Intruders found;
    if (count == 0) return found;
    const at::Tensor cosines = top.U.slice(1, 0, count).t().mm(weight.U.to(at::kDouble)).abs();
    const at::Tensor best =
        cosines.size(1) == 0 ? at::zeros({count}, at::kDouble) : std::get<0>(cosines.max(1));
    double energy = 0, of_intruders = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        TunedDirection direction{top.values[i].item<double>(), best[i].item<double>(), false};
        direction.intruder = direction.best_cosine < asked.intruder_cosine;
        energy += direction.value * direction.value;
        if (direction.intruder) {
            ++found.count;
            of_intruders += direction.value * direction.value;
        }
        found.directions.push_back(direction);
    }
    found.share = of_intruders / energy;
    return found;
}

// ‖W₀‖ of the first r of its own directions.
double norm_of_top(const DenseDecomposition& weight, std::int64_t rank) {
    return weight.values.slice(0, 0, std::min(rank, weight.values.size(0)))
        .to(at::kDouble)
        .norm()
        .item<double>();
}

} // namespace

std::shared_ptr<const DenseDecomposition> WeightDecompositions::of(
    const std::string& path, const at::Tensor& weight, std::int64_t count, bool all) {
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
        return kept.path == path && (kept.all || (!all && kept.decomposition->values.size(0) >= count));
    });
    if (found != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, found);
        return found->decomposition;
    }
    all = all || std::min(weight.size(0), weight.size(1)) <= small_side;
    DenseDecomposition fresh = all ? decompose(weight) : leading(weight, count);
    for (at::Tensor* part : {&fresh.U, &fresh.values, &fresh.V}) *part = part->to(at::kFloat);
    const std::size_t bytes = fresh.U.nbytes() + fresh.values.nbytes() + fresh.V.nbytes();
    kept_.push_front({path, std::make_shared<const DenseDecomposition>(std::move(fresh)), all, bytes});
    bytes_ += bytes;
    while (bytes_ > limit_bytes_ && kept_.size() > 1) {
        bytes_ -= kept_.back().bytes;
        kept_.pop_back();
    }
    return kept_.front().decomposition;
}

WeightComparison compare_with_weight(const TargetUpdate& target, const at::Tensor& weight,
    const WeightQuestions& questions, WeightDecompositions& weights) {
    const c10::NoGradGuard no_gradient;
    const Decomposition update = decompose(target.update, target.path);
    WeightComparison found;
    found.path = target.path;
    found.out = weight.size(0);
    found.in = weight.size(1);
    found.rank = update.directions();
    found.update_norm = update.values.norm().item<double>();
    const at::Tensor U = update.U().slice(1, 0, found.rank), V = update.V().slice(1, 0, found.rank);
    double energy = 0;
    const at::Tensor product = times(weight, V, energy);
    if (!std::isfinite(energy)) fail(target.path + ".weight", "values that are not finite", "numbers");
    found.weight_norm = std::sqrt(energy);
    found.projected_norm = U.t().mm(product).norm().item<double>();
    found.random_norm = static_cast<double>(found.rank) * found.weight_norm
                        / std::sqrt(static_cast<double>(found.in) * static_cast<double>(found.out));
    if (found.rank > 0 && found.projected_norm > 0)
        found.amplification = found.update_norm / found.projected_norm;

    if (questions.directions || questions.intruders) {
        const std::int64_t tenth = (std::min(found.in, found.out) + 9) / 10;
        const auto own = weights.of(target.path, weight, std::max(tenth, found.rank), questions.intruders);
        if (questions.directions) {
            found.top_norm = norm_of_top(*own, found.rank);
            found.inputs = map_of(V, own->V.slice(1, 0, tenth));
            found.outputs = map_of(U, own->U.slice(1, 0, tenth));
        }
        if (questions.intruders) {
            const at::Tensor change = (update.U() * update.values).mm(update.V().t());
            found.intruders = find_intruders(weight.to(at::kCPU, at::kDouble).add(change), *own, questions);
        }
    }
    return found;
}

WeightComparer::WeightComparer(Adapter adapter, Model& model, WeightQuestions questions,
    const std::vector<std::string>& paths, WeightDecompositions& weights)
    : adapter_(with_widths_of(model, std::move(adapter))), weights_(weights) {
    for (const auto& [path, layer, linear] : model.named_linears()) linears_[path] = linear;
    check_fit(adapter_, model);
    if (!paths.empty())
        std::erase_if(adapter_.targets, [&](const TargetUpdate& target) {
            return std::find(paths.begin(), paths.end(), target.path) == paths.end();
        });
    comparisons_.questions = questions;
}

void WeightComparer::advance() {
    const auto begin = std::chrono::steady_clock::now();
    TargetUpdate target = adapter_.targets[done()];
    const at::Tensor weight = linears_.at(target.path)->weight();
    target.update = whole_update(target.update, weight);
    comparisons_.targets.push_back(compare_with_weight(target, weight, comparisons_.questions, weights_));
    comparisons_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace lora
