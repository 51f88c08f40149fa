#include "engine/training/rank_advisor.h"

#include "engine/adapters/truncate.h"
#include "engine/analysis/rank_candidates.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lora {

namespace {

// Another adapter for the time of one batch; the whole one comes back however it ends.
class InPlaceOf {
public:
    InPlaceOf(const Adapter& whole, const Adapter& smaller, Model& model) : whole_(whole), model_(model) {
        attach(smaller, model_);
    }
    InPlaceOf(const InPlaceOf&) = delete;
    InPlaceOf& operator=(const InPlaceOf&) = delete;
    ~InPlaceOf() { attach(whole_, model_); }

private:
    const Adapter& whole_;
    Model& model_;
};

bool is_nothing(const AdvicePoint& point) {
    return std::all_of(point.ranks.begin(), point.ranks.end(), [](std::int64_t rank) { return rank == 0; });
}

} // namespace

RankAdvice advise(const Adapter& adapter, const AdviceQuestions& questions) {
    RankAdvice advice;
    advice.spread = questions.spread;
    advice.candidates = rank_candidates(adapter);
    for (const std::int64_t rank : questions.ranks.empty() ? ranks_to_try(adapter.rank()) : questions.ranks) {
        AdvicePoint point{.rank = rank, .ranks = ranks_up_to(advice.candidates, rank)};
        if (questions.spread)
            point.ranks = ranks_for_budget(advice.candidates, parameters_of(advice.candidates, point.ranks));
        point.parameters = parameters_of(advice.candidates, point.ranks);
        point.kept_energy = kept_energy(advice.candidates, point.ranks);
        advice.points.push_back(std::move(point));
    }
    return advice;
}

RankAdvisor::RankAdvisor(Adapter adapter, Model& model, Samples examples, std::int64_t batch,
    const AdviceQuestions& questions, AdviceRows rows)
    : adapter_(with_widths_of(model, std::move(adapter))), model_(model), examples_(std::move(examples)),
      batch_(batch) {
    check_fit(adapter_, model_);
    advice_ = advise(adapter_, questions);
    advice_.rows = rows;
    advice_.samples = static_cast<std::int64_t>(examples_.size());
}

std::size_t RankAdvisor::total_batches() const {
    const auto batch = static_cast<std::size_t>(batch_);
    return advice_.points.size() * ((examples_.size() + batch - 1) / batch);
}

void RankAdvisor::advance() {
    const auto begin = std::chrono::steady_clock::now();
    AdvicePoint& point = advice_.points[next_];
    if (!evaluation_) {
        smaller_ = is_nothing(point) ? Adapter{.targets = {}, .tokens = adapter_.tokens}
                                     : truncate(adapter_, point.ranks);
        evaluation_.emplace(model_, examples_, batch_);
    }
    {
        const InPlaceOf in_place(adapter_, smaller_, model_);
        if (const auto record = evaluation_->advance(/*step=*/0)) {
            point.loss = record->loss;
            evaluation_.reset();
            ++next_;
        }
    }
    ++done_;
    advice_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace lora
