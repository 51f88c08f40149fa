#pragma once
// The alarms about losses, gradient norms and evaluations in their words: what was seen, and what to try.
// When one is due is decided in loss_health.h.

#include "engine/measures/alarm.h"
#include "engine/measures/spike_watch.h"

#include <cstdint>

namespace lora {

/// `before` and `now`: means over some steps.
Alarm loss_rises(std::int64_t step, double before, double now);
Alarm loss_far_above_start(std::int64_t step, double start, double now);
Alarm loss_spikes(std::int64_t step, const SpikeWatch::Spike& spike);
Alarm loss_unbounded(std::int64_t step, double now);
Alarm gradient_not_finite(std::int64_t step);
/// Norms, `usual` that of the first steps.
Alarm gradient_unbounded(std::int64_t step, double usual, double now);
/// `fell`: whether the training loss did meanwhile.
Alarm worse_than_before(std::int64_t step, double before, double now, bool fell);
/// From the best evaluation on, while the training loss does not rise.
Alarm evaluation_turned_up(std::int64_t step, std::int64_t best_step, double best, double now);
/// The same while it rises too.
Alarm evaluation_rises(std::int64_t step, std::int64_t best_step, double best, double now);
/// Of evaluations, `before` the one before training.
Alarm learned_nothing(std::int64_t step, double before, double now);
Alarm evaluation_ended_worse(std::int64_t step, double before, double last, bool fell);
/// Losses of training, where nothing was evaluated.
Alarm training_ended_worse(std::int64_t step, double first, double last);

} // namespace lora
