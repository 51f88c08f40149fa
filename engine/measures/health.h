#pragma once
// What a run's numbers say of its health: alarms, each with a sentence and what to try. Knows no run, only
// the numbers; the same rules speak while it trains and when it is opened later.

#include "engine/measures/alarm.h"
#include "engine/measures/loss_health.h"
#include "engine/measures/spectrum_values.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace lora {

/// A run's numbers, or what there is of them.
struct RunHistory {
    struct Evaluation {
        std::int64_t step = 0; ///< 0: before the first one
        double loss = 0;
    };
    std::vector<std::int64_t> steps;                           ///< finished ones, ascending
    std::vector<double> losses;                                ///< of those
    std::vector<std::shared_ptr<const SpectraOfStep>> spectra; ///< by step, ascending
    std::vector<double> gradient_norms;                        ///< of the steps; empty: not known
    std::vector<Evaluation> evaluations;                       ///< by step, ascending
    bool chosen_ranks = true; ///< the spectra have as many values as a rank that was chosen
};

/// Takes a run's numbers as they come, what belongs to one step in any order, and tells each alarm once.
class RunHealth {
public:
    /// `chosen_ranks` as in RunHistory.
    explicit RunHealth(bool chosen_ranks = true) : chosen_ranks_(chosen_ranks) {}

    std::vector<Alarm> add_step(std::int64_t step, double loss, double gradient_norm);
    std::vector<Alarm> add_evaluation(std::int64_t step, double loss);
    std::vector<Alarm> add(const std::shared_ptr<const SpectraOfStep>& spectra);
    /// All of a history, in the order in which it came.
    std::vector<Alarm> add(const RunHistory& history);
    /// What the run as a whole shows, now that nothing more comes: whether it did harm, and advice.
    std::vector<Alarm> end();

private:
    std::vector<Alarm> not_told(std::vector<Alarm> alarms);

    bool chosen_ranks_;
    LossHealth loss_health_;
    std::vector<std::int64_t> steps_;
    std::vector<double> losses_;
    std::vector<std::shared_ptr<const SpectraOfStep>> spectra_;
    std::vector<AlarmKind> told_;
};

/// All that the history of a run that is over shows, at most one of a kind, by step.
std::vector<Alarm> find_alarms(const RunHistory& history);

} // namespace lora
