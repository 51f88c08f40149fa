#include "engine/measures/loss_alarms.h"

#include "engine/measures/number_words.h"

#include <string>

namespace lora {

namespace {

std::string number(double value) { return number_words("%.3g", value); }

std::string at_step(std::int64_t step) { return " at step " + std::to_string(step); }

std::string after_step(std::int64_t step) { return " after step " + std::to_string(step); }

const char* const lower_rate = "Stop here and start again with a tenth of the learning rate.";
const char* const rate_is_too_high =
    "The learning rate is too high for where the run is: stop, and start again with a third of it or a "
    "schedule that falls.";
const char* const again_lower = "Start again with a tenth of the learning rate.";
const char* const by_heart =
    "The training loss fell all the while: the rows are learned by heart. Take fewer steps, more data, a "
    "lower rank or dropout.";
const char* const nan_ahead =
    "The next steps may give NaN: stop, lower the learning rate, clip the gradient, or take float32.";

} // namespace

Alarm loss_rises(std::int64_t step, double before, double now) {
    return {AlarmKind::LossRises, {}, step,
        "The training loss rises: its mean was " + number(before) + " and is " + number(now) + at_step(step)
            + ".",
        rate_is_too_high};
}

Alarm loss_far_above_start(std::int64_t step, double start, double now) {
    return {AlarmKind::LossRises, {}, step,
        "The training loss is far above where it began: " + number(now) + at_step(step) + ", " + number(start)
            + " before.",
        lower_rate};
}

Alarm loss_spikes(std::int64_t step, const SpikeWatch::Spike& spike) {
    const std::string before = ", where it was about " + number(spike.level) + " before.";
    const std::string lasted = "The training loss spiked: for " + std::to_string(spike.steps)
                               + " steps it stood out, at most " + number(spike.highest);
    return {AlarmKind::LossSpikes, {}, step,
        (spike.steps > 1 ? lasted : "The training loss spikes: " + number(spike.highest))
            + at_step(spike.step) + before,
        "Lower the learning rate, clip the gradient at 1, take a larger batch, or look for strange rows in "
        "the data."};
}

Alarm loss_unbounded(std::int64_t step, double now) {
    return {AlarmKind::NanNear, {}, step,
        "The training loss grows without bound: " + number(now) + at_step(step)
            + ", more than any guessing would have.",
        nan_ahead};
}

Alarm gradient_not_finite(std::int64_t step) {
    return {AlarmKind::NanNear, {}, step,
        "The gradient is not a finite number any more" + at_step(step) + ".", nan_ahead};
}

Alarm gradient_unbounded(std::int64_t step, double usual, double now) {
    return {AlarmKind::NanNear, {}, step,
        "The gradient grows without bound: its norm is " + number(now) + at_step(step) + " and was about "
            + number(usual) + " in the first ones.",
        nan_ahead};
}

Alarm worse_than_before(std::int64_t step, double before, double now, bool fell) {
    return {AlarmKind::WorseThanBefore, {}, step,
        "The evaluation is worse than before training: loss " + number(now) + after_step(step) + ", "
            + number(before) + " before.",
        fell ? by_heart : lower_rate};
}

Alarm evaluation_rises(std::int64_t step, std::int64_t best_step, double best, double now) {
    return {AlarmKind::LossRises, {}, step,
        "Evaluation and training loss both rise: the evaluation was " + number(best) + after_step(best_step)
            + " and is " + number(now) + after_step(step) + ".",
        rate_is_too_high};
}

Alarm learned_nothing(std::int64_t step, double before, double now) {
    return {AlarmKind::LearnsNothing, {}, step,
        "Nothing is learned: the evaluation loss is " + number(now) + after_step(step) + " and was "
            + number(before) + " before training.",
        "Raise the learning rate tenfold, look at the warm-up, and at whether the samples teach anything."};
}

Alarm evaluation_turned_up(std::int64_t step, std::int64_t best_step, double best, double now) {
    return {AlarmKind::Overfits, {}, step,
        "The evaluation turned up after its best: loss " + number(best) + after_step(best_step) + ", "
            + number(now) + after_step(step) + ", while the training loss did not rise.",
        "From there on the rows are learned by heart: train for " + std::to_string(best_step)
            + " steps, or take more data, a lower rank or dropout."};
}

Alarm evaluation_ended_worse(std::int64_t step, double before, double last, bool fell) {
    return {AlarmKind::EndedWorse, {}, step,
        "The model got worse: evaluation loss " + number(last) + after_step(step) + ", " + number(before)
            + " before training.",
        fell ? by_heart : again_lower};
}

Alarm training_ended_worse(std::int64_t step, double first, double last) {
    return {AlarmKind::EndedWorse, {}, step,
        "The model got worse: training loss " + number(last) + " at the end, " + number(first)
            + " at the beginning.",
        again_lower};
}

} // namespace lora
