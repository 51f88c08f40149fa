#pragma once
// The loss over a whole set, worked through batch by batch so that it can be interrupted.

#include "engine/collectives/rank_group.h"
#include "engine/data/dataset.h"
#include "engine/models/model.h"
#include "engine/runs/run_record.h"
#include "engine/training/class_scores.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lora {

/// The mean loss over all learned tokens of the examples (of a classifier: over the examples, with the scores
/// of its problem). `ranks`, which share the batches out, must outlive it.
class Evaluation {
public:
    Evaluation(const Model& model, Samples examples, std::int64_t batch, RankGroup* ranks = nullptr);

    /// Works through one batch, each rank through its own; the result once all are done. `step` is put into
    /// it.
    std::optional<EvaluationRecord> advance(std::int64_t step);

private:
    /// `first`: the place of the first of them among all.
    void add(const std::vector<const Example*>& examples, std::size_t first);
    void add_in_parts(const std::vector<const Example*>& examples, std::size_t first);
    void add_other_ranks();

    const Model& model_;
    Samples examples_;
    std::size_t batch_;
    RankGroup* ranks_;     ///< null: this process alone
    std::size_t next_ = 0; ///< the first example that no rank has worked on
    double loss_ = 0;
    std::int64_t learned_ = 0;
    std::optional<ClassScores> scores_; ///< of a classifier
};

} // namespace lora
