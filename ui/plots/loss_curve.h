#pragma once
// A run's losses, every step kept, with their smoothed line.

#include "engine/runs/run_record.h"

#include <optional>
#include <vector>

namespace lora {

class LossCurve {
public:
    void clear();
    void add(const StepRecord& step);
    void add(const EvaluationRecord& evaluation) { evaluations_.push_back(evaluation); }
    /// The weight of the past, [0, 1); 0 is no smoothing. All of the line is made anew.
    void setSmoothing(double weight);

    const std::vector<StepRecord>& steps() const { return steps_; }
    /// One value a step: the exponential mean, corrected for its start at nothing (Kingma and Ba, 2015).
    const std::vector<double>& smoothed() const { return smoothed_; }
    const std::vector<EvaluationRecord>& evaluations() const { return evaluations_; }
    /// The evaluation of the smallest loss; none without one.
    std::optional<EvaluationRecord> bestEvaluation() const;
    /// The index of the step nearest to x; -1 if there is none.
    int nearest(double x) const;

private:
    void smooth(double loss);

    std::vector<StepRecord> steps_;
    std::vector<double> smoothed_;
    std::vector<EvaluationRecord> evaluations_;
    double weight_ = 0.6;
    double mean_ = 0;
    double share_ = 0; ///< of the weights given so far
};

} // namespace lora
