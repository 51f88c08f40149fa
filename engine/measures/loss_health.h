#pragma once
// What losses, gradient norms and evaluations say of a run's health, step by step.

#include "engine/measures/alarm.h"
#include "engine/measures/spike_watch.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lora {

/// Takes the numbers in the order of the steps. Every call takes the same time, however long the run is. The
/// same alarm may be told again with a later number.
class LossHealth {
public:
    /// `gradient_norm` before clipping; it may be infinite or NaN.
    std::vector<Alarm> add_step(std::int64_t step, double loss, double gradient_norm);
    /// Of the whole evaluation set; step 0: before training.
    std::vector<Alarm> add_evaluation(std::int64_t step, double loss);
    /// Whether the run, as it is now, left the model worse than it was.
    std::optional<Alarm> ended_worse() const;
    /// Whether it left the model as it was.
    std::optional<Alarm> ended_unmoved() const;
    /// Whether it ended in the midst of a spike.
    std::optional<Alarm> ended_in_a_spike() const;

private:
    /// Some losses in succession.
    struct Stretch {
        double mean = 0;
        double variance = 0;
    };
    struct Evaluation {
        std::int64_t step = 0;
        double loss = 0;
    };

    Stretch stretch(std::size_t begin, std::size_t end) const;
    /// The mean of the last few losses; of all where there are fewer.
    double recent_loss() const;
    double first_loss() const;
    bool fell() const;
    void note_lowest();

    std::optional<Alarm> rises() const;
    std::optional<Alarm> is_far_above_the_start() const;
    std::optional<Alarm> spikes();
    std::optional<Alarm> is_near_nan() const;
    std::optional<Alarm> is_worse_than_before(const Evaluation& now) const;
    std::optional<Alarm> turned_up(const Evaluation& now) const;
    std::optional<Alarm> learns_nothing() const;

    std::vector<std::int64_t> steps_;
    std::vector<double> losses_;
    std::vector<double> gradient_norms_;
    std::vector<Evaluation> evaluations_;
    std::optional<Evaluation> best_; ///< after the first step
    bool moved_ = false;             ///< an evaluation differed from the one before training
    double recent_at_best_ = 0;      ///< training loss when the best evaluation was taken
    std::optional<Stretch> lowest_;  ///< of all whole windows that ended a window ago or earlier
    SpikeWatch spike_watch_;
    double usual_gradient_norm_ = 0; ///< median of the first ones; 0: not known yet
};

} // namespace lora
