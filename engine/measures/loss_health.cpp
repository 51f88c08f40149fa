#include "engine/measures/loss_health.h"

#include "engine/measures/loss_alarms.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

// Single batches are noisy: what is called a rise holds for a window of steps.
constexpr std::size_t window = 20;
constexpr double least_rise = 1.3;    // of one window's mean over the lowest one's
constexpr double least_share = 0.15;  // of the first loss that the rise takes back
constexpr double standard_errors = 5; // of the difference of two means: the lowest of many is low by luck
constexpr std::size_t in_succession = 5;
constexpr std::size_t in_succession_of_first = 10; // where all that is known before is one batch
constexpr double above_evaluation = 1.5; // times the loss of the untrained model on the evaluation set
constexpr double above_first = 3;        // times the first batch's loss, which is one batch alone
constexpr std::size_t near_nan_steps = 3;
constexpr std::size_t usual_norms = 10;
constexpr double unusual_norm = 100; // times the usual one
constexpr double large_norm = 1000;
constexpr double large_loss = 50; // the loss of pure guessing is 12 for the largest vocabularies
constexpr double worse = 1.05;    // evaluation over the one before training, while it may still turn
constexpr double worse_at_end = 1.02;
constexpr double least_difference = 0.01; // of two evaluations
constexpr double above_best = 1.03;       // evaluation over its best, in two evaluations
constexpr double above_best_at_once = 1.1;
constexpr double unmoved = 0.001;         // an evaluation's relative distance from the one before training
constexpr std::size_t steps_to_move = 30; // of a whole run
constexpr std::size_t steps_to_move_meanwhile = 100; // while it goes on, in three evaluations

template <class T>
bool last_are(const std::vector<T>& values, std::size_t count, double least) {
    return values.size() >= count
           && std::all_of(values.end() - static_cast<std::ptrdiff_t>(count), values.end(),
               [least](double value) { return !(value < least); });
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace

LossHealth::Stretch LossHealth::stretch(std::size_t begin, std::size_t end) const {
    Stretch result;
    const auto count = static_cast<double>(end - begin);
    for (std::size_t i = begin; i < end; ++i) result.mean += losses_[i] / count;
    for (std::size_t i = begin; i < end; ++i)
        result.variance += (losses_[i] - result.mean) * (losses_[i] - result.mean) / count;
    return result;
}

double LossHealth::recent_loss() const {
    return stretch(losses_.size() - std::min(losses_.size(), in_succession), losses_.size()).mean;
}

double LossHealth::first_loss() const { return stretch(0, std::min(losses_.size(), in_succession)).mean; }

bool LossHealth::fell() const {
    return losses_.size() >= 2 * in_succession && recent_loss() < 0.8 * first_loss();
}

// The window that ended a whole window ago: what is compared with it shares no step with it.
void LossHealth::note_lowest() {
    if (losses_.size() < 2 * window) return;
    const std::size_t end = losses_.size() - window;
    const Stretch earlier = stretch(end - window, end);
    if (!lowest_ || earlier.mean < lowest_->mean) lowest_ = earlier;
}

std::optional<Alarm> LossHealth::rises() const {
    if (!lowest_) return std::nullopt;
    const Stretch now = stretch(losses_.size() - window, losses_.size());
    const double rise = now.mean - lowest_->mean;
    const double error = std::sqrt((now.variance + lowest_->variance) / static_cast<double>(window));
    if (now.mean < least_rise * lowest_->mean || rise < least_share * stretch(0, window).mean
        || rise < standard_errors * error)
        return std::nullopt;
    return loss_rises(steps_.back(), lowest_->mean, now.mean);
}

std::optional<Alarm> LossHealth::is_far_above_the_start() const {
    const bool evaluated = !evaluations_.empty() && evaluations_.front().step == 0;
    const double start = evaluated ? evaluations_.front().loss : losses_.front();
    const double least = (evaluated ? above_evaluation : above_first) * start;
    const std::size_t count = evaluated ? in_succession : in_succession_of_first;
    if (losses_.size() <= count || !last_are(losses_, count, least)) return std::nullopt;
    return loss_far_above_start(steps_.back(), start, losses_.back());
}

// What goes up and stays there is told as a rise.
std::optional<Alarm> LossHealth::spikes() {
    const auto spike = spike_watch_.add(steps_.back(), losses_.back());
    if (!spike || rises() || is_far_above_the_start()) return std::nullopt;
    return loss_spikes(steps_.back(), *spike);
}

std::optional<Alarm> LossHealth::is_near_nan() const {
    const double norm = gradient_norms_.back();
    if (!std::isfinite(norm)) return gradient_not_finite(steps_.back());
    const double unbounded = std::max(large_norm, unusual_norm * usual_gradient_norm_);
    if (usual_gradient_norm_ > 0 && last_are(gradient_norms_, near_nan_steps, unbounded))
        return gradient_unbounded(steps_.back(), usual_gradient_norm_, norm);
    if (!last_are(losses_, near_nan_steps, large_loss)) return std::nullopt;
    return loss_unbounded(steps_.back(), losses_.back());
}

std::vector<Alarm> LossHealth::add_step(std::int64_t step, double loss, double gradient_norm) {
    steps_.push_back(step);
    losses_.push_back(loss);
    gradient_norms_.push_back(gradient_norm);
    note_lowest();
    std::vector<Alarm> alarms;
    for (auto& alarm : {is_near_nan(), is_far_above_the_start(), rises(), spikes()})
        if (alarm) alarms.push_back(*alarm);
    // Known from the next step on: no norm is compared with itself.
    if (gradient_norms_.size() == usual_norms) usual_gradient_norm_ = median(gradient_norms_);
    return alarms;
}

std::optional<Alarm> LossHealth::is_worse_than_before(const Evaluation& now) const {
    const Evaluation& before = evaluations_.front();
    if (before.step != 0 || now.step == 0 || now.loss < worse * before.loss
        || now.loss - before.loss < least_difference)
        return std::nullopt;
    return worse_than_before(now.step, before.loss, now.loss, fell());
}

std::optional<Alarm> LossHealth::turned_up(const Evaluation& now) const {
    if (!best_ || best_->loss >= evaluations_.front().loss) return std::nullopt;
    const Evaluation& previous = evaluations_[evaluations_.size() - 2];
    const bool stays = previous.step > best_->step && previous.loss > best_->loss;
    const double least = std::max(least_difference, 0.01 * evaluations_.front().loss);
    if (now.loss < (stays ? above_best : above_best_at_once) * best_->loss || now.loss - best_->loss < least)
        return std::nullopt;
    if (losses_.empty()) return std::nullopt;
    const bool both_rise = recent_loss() > 1.1 * recent_at_best_;
    return (both_rise ? evaluation_rises : evaluation_turned_up)(
        now.step, best_->step, best_->loss, now.loss);
}

std::optional<Alarm> LossHealth::learns_nothing() const {
    const bool often = evaluations_.size() > 2 && losses_.size() >= steps_to_move_meanwhile;
    return often ? ended_unmoved() : std::nullopt;
}

std::vector<Alarm> LossHealth::add_evaluation(std::int64_t step, double loss) {
    const Evaluation now{step, loss};
    evaluations_.push_back(now);
    if (step == 0) return {};
    const double before = evaluations_.front().loss;
    if (!(std::abs(loss - before) < unmoved * before)) moved_ = true;
    std::vector<Alarm> alarms;
    for (auto& alarm : {is_worse_than_before(now), turned_up(now), learns_nothing()})
        if (alarm) alarms.push_back(*alarm);
    if (!best_ || loss < best_->loss) {
        best_ = now;
        recent_at_best_ = losses_.empty() ? 0 : recent_loss();
    }
    return alarms;
}

std::optional<Alarm> LossHealth::ended_worse() const {
    if (evaluations_.size() > 1 && evaluations_.front().step == 0) {
        const Evaluation &before = evaluations_.front(), &last = evaluations_.back();
        if (last.loss < worse_at_end * before.loss || last.loss - before.loss < least_difference)
            return std::nullopt;
        return evaluation_ended_worse(last.step, before.loss, last.loss, fell());
    }
    if (losses_.empty()) return std::nullopt;
    const auto alarm = is_far_above_the_start();
    if (!alarm) return std::nullopt;
    return training_ended_worse(alarm->step, losses_.front(), recent_loss());
}

std::optional<Alarm> LossHealth::ended_unmoved() const {
    const bool compared = evaluations_.size() > 1 && evaluations_.front().step == 0;
    if (!compared || moved_ || losses_.size() < steps_to_move) return std::nullopt;
    return learned_nothing(evaluations_.back().step, evaluations_.front().loss, evaluations_.back().loss);
}

std::optional<Alarm> LossHealth::ended_in_a_spike() const {
    const auto spike = spike_watch_.unfinished();
    if (!spike || rises() || is_far_above_the_start()) return std::nullopt;
    return loss_spikes(steps_.back(), *spike);
}

} // namespace lora
