#pragma once
// Measures how much rank an adapter needs: its loss over a dataset when it is cut to smaller ranks, one batch
// at a time, so that it can be interrupted and stopped.

#include "engine/adapters/adapter.h"
#include "engine/data/dataset.h"
#include "engine/measures/rank_advice.h"
#include "engine/models/model.h"
#include "engine/training/evaluation.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace lora {

struct AdviceQuestions {
    std::vector<std::int64_t> ranks; ///< ascending; empty: ranks_to_try of the adapter's rank
    bool spread = false;             ///< RankAdvice::spread
};

/// The energies alone. Throws Error if a value is not finite.
RankAdvice advise(const Adapter& adapter, const AdviceQuestions& questions);

class RankAdvisor {
public:
    /// `model` must outlive it. `rows`: what the examples are. Throws Error for an adapter that does not fit
    /// the model.
    RankAdvisor(Adapter adapter, Model& model, Samples examples, std::int64_t batch,
        const AdviceQuestions& questions, AdviceRows rows = AdviceRows::File);

    bool is_over() const { return next_ == advice_.points.size(); }
    std::size_t batches_done() const { return done_; }
    std::size_t total_batches() const;
    /// Works through one batch at one rank. Between two calls the whole adapter is on the model.
    void advance();
    /// Points that are not measured yet have no loss.
    const RankAdvice& advice() const { return advice_; }

private:
    Adapter adapter_;
    Model& model_;
    Samples examples_;
    std::int64_t batch_;
    RankAdvice advice_;
    std::size_t next_ = 0;
    std::size_t done_ = 0;
    Adapter smaller_; ///< of the point at work
    std::optional<Evaluation> evaluation_;
};

} // namespace lora
