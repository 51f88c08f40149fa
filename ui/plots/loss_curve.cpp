#include "ui/plots/loss_curve.h"

#include <algorithm>
#include <cmath>

namespace lora {

void LossCurve::clear() {
    const double weight = weight_;
    *this = LossCurve();
    weight_ = weight;
}

void LossCurve::add(const StepRecord& step) {
    steps_.push_back(step);
    smooth(step.loss);
}

void LossCurve::smooth(double loss) {
    mean_ = weight_ * mean_ + (1 - weight_) * loss;
    share_ = weight_ * share_ + (1 - weight_);
    smoothed_.push_back(mean_ / share_);
}

void LossCurve::setSmoothing(double weight) {
    weight_ = weight;
    mean_ = share_ = 0;
    smoothed_.clear();
    for (const StepRecord& step : steps_) smooth(step.loss);
}

std::optional<EvaluationRecord> LossCurve::bestEvaluation() const {
    const auto best = std::min_element(evaluations_.begin(), evaluations_.end(),
        [](const EvaluationRecord& a, const EvaluationRecord& b) { return a.loss < b.loss; });
    return best == evaluations_.end() ? std::nullopt : std::optional(*best);
}

int LossCurve::nearest(double x) const {
    if (steps_.empty()) return -1;
    const auto distance = [x](const StepRecord& step) {
        return std::abs(static_cast<double>(step.step) - x);
    };
    const auto after = std::lower_bound(steps_.begin(), steps_.end(), x,
        [](const StepRecord& step, double value) { return static_cast<double>(step.step) < value; });
    if (after == steps_.begin()) return 0;
    if (after == steps_.end()) return static_cast<int>(steps_.size()) - 1;
    const auto before = after - 1;
    return static_cast<int>((distance(*before) <= distance(*after) ? before : after) - steps_.begin());
}

} // namespace lora
