#pragma once
// Updates beside the weights that they change: amplification, similarity of directions, intruders.

#include "engine/adapters/adapter.h"
#include "engine/analysis/dense_decomposition.h"
#include "engine/measures/weight_comparison_values.h"

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace lora {

/// Singular vectors of a model's weights in float32, kept so that each is worked out once; the least recently
/// used ones go when they pass the limit. One for each model.
class WeightDecompositions {
public:
    explicit WeightDecompositions(std::size_t limit_bytes = std::size_t{1} << 30)
        : limit_bytes_(limit_bytes) {}

    /// Of the weight of this path. `all`: every direction, which intruders need; otherwise at least the first
    /// `count`, which are all of them too for weights of up to 1024 in their smaller dimension.
    std::shared_ptr<const DenseDecomposition> of(
        const std::string& path, const at::Tensor& weight, std::int64_t count, bool all);

private:
    struct Kept {
        std::string path;
        std::shared_ptr<const DenseDecomposition> decomposition;
        bool all = false;
        std::size_t bytes = 0;
    };
    std::size_t limit_bytes_;
    std::size_t bytes_ = 0;
    std::list<Kept> kept_; ///< most recently used first
};

/// The target beside its weight [out, in], any float type and device. The plain table costs 2 · in · out · r.
/// Throws Error if a value is not finite.
WeightComparison compare_with_weight(const TargetUpdate& target, const at::Tensor& weight,
    const WeightQuestions& questions, WeightDecompositions& weights);

/// All targets of an adapter, one at a time, so that the caller can stop between them.
class WeightComparer {
public:
    /// `model` and `weights` must outlive it. Targets not among `paths` are left out, unless `paths` is
    /// empty. Throws Error for an adapter that does not fit the model.
    WeightComparer(Adapter adapter, Model& model, WeightQuestions questions,
        const std::vector<std::string>& paths, WeightDecompositions& weights);

    std::size_t total() const { return adapter_.targets.size(); }
    std::size_t done() const { return comparisons_.targets.size(); }
    /// The next target. Throws Error as compare_with_weight.
    void advance();
    const WeightComparisons& comparisons() const { return comparisons_; }

private:
    Adapter adapter_;
    std::map<std::string, const Linear*> linears_;
    WeightDecompositions& weights_;
    WeightComparisons comparisons_;
};

} // namespace lora
