#pragma once
// Which evaluation of a run was the best, and for how long none was better: what is kept beside the newest
// checkpoint, and when a run stops early. Follows from the evaluations alone, so that a resumed run, which
// is told those it had, goes on counting where it was.

#include "engine/runs/run_record.h"

#include <cstdint>
#include <optional>

namespace lora {

class EvaluationWatch {
public:
    /// In the order of the steps. Whether its loss is the lowest so far; never for that before the first
    /// step, whose model is the one that was there already.
    bool add(const EvaluationRecord& evaluation);

    /// The first one with the lowest loss; none before one after a step.
    const std::optional<EvaluationRecord>& best() const { return best_; }
    /// Evaluations since the best one.
    std::int64_t without_gain() const { return without_gain_; }
    /// Whether `patience` evaluations in a row brought no gain; never with a patience of 0.
    bool is_out_of(std::int64_t patience) const { return patience > 0 && without_gain_ >= patience; }

private:
    std::optional<EvaluationRecord> best_;
    std::int64_t without_gain_ = 0;
};

} // namespace lora
