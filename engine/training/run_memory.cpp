// A step that memory does not suffice for: its batch is cut into smaller micro-batches and the step begun
// again, so that it is the step that it would have been with that many from the start.

#include "engine/devices/failure.h"
#include "engine/devices/memory.h"
#include "engine/files/mapping_guard.h"
#include "engine/ranks/share.h"
#include "engine/runs/run_events.h"
#include "engine/training/run.h"
#include "engine/training/run_changes.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

std::size_t longest_of(const std::vector<Example>& batch) {
    std::size_t longest = 0;
    for (const Example& example : batch) longest = std::max(longest, example.ids.size());
    return longest;
}

[[noreturn]] void refuse_single_samples(
    std::int64_t step, const std::vector<Example>& batch, const std::string& lack) {
    fail("step " + std::to_string(step),
        "not enough memory for a micro-batch of one sample of up to " + std::to_string(longest_of(batch))
            + " tokens" + (lack.empty() ? "" : " (" + lack + ")"),
        "memory for it",
        "a smaller {data.max_length}, {training.gradient_checkpointing} or {dtype=bfloat16} needs less; a "
        "smaller {training.batch} does not help");
}

} // namespace

// Gives why memory did not suffice. The failure itself must be gone before anything is tried again: it can
// hold on to what was computed so far.
std::optional<std::string> Run::try_gradients(
    const StepSamples& batch, const std::stop_token& stop, StepSums& own) {
    drop_gradients();
    try {
        own.loss = accumulate_gradients(batch, stop);
        return std::nullopt;
    } catch (const std::exception& failure) {
        if (!is_out_of_memory(failure)) throw;
        const auto* torch = dynamic_cast<const c10::Error*>(&failure);
        return torch != nullptr ? torch->what_without_backtrace() : std::string();
    }
}

// The batch's gradient and loss, both added up over all ranks, and the gradient collected.
StepSums Run::gradients_of(const StepSamples& batch, const std::stop_token& stop) {
    for (;;) {
        StepSums own;
        const std::optional<std::string> lack = try_gradients(batch, stop, own);
        if (lack) own.loss = at::zeros({}, at::TensorOptions(at::kDouble).device(loaded_.model->device()));
        own.lacks_memory = lack.has_value();
        own.stop = stop.stop_requested();
        if (own.stop && ranks_->is_alone()) return own;
        need_unchanged_files();
        if (lack)
            drop_gradients();
        else
            method_->collect();
        StepSums sums = add_up_step(*ranks_, method_->parameters(), own);
        if (sums.stop || !sums.lacks_memory) return sums;
        cut_smaller(batch, lack.value_or(""));
    }
}

// All ranks do so together. What run.json says from now on is what a resume goes on with.
void Run::cut_smaller(const StepSamples& batch, const std::string& lack) {
    const auto before = parts_of_batch(
        batch.ends.size(), static_cast<std::size_t>(settings_.training.accumulate), ranks_->size());
    if (before >= batch.ends.size()) refuse_single_samples(steps_done_ + 1, batch.examples, lack);
    RunSettings smaller = settings_;
    smaller.training.accumulate = std::min(static_cast<std::int64_t>(2 * before), settings_.training.batch);
    const RunChanges changes{changes_on_resume(settings_, smaller), {}};
    settings_ = smaller;
    micro_batches_.forget();
    free_unused_memory(loaded_.model->device());

    std::string note = "Memory did not suffice for step " + std::to_string(steps_done_ + 1)
                       + ", which is begun again: the batch stays, its parts are half as large.";
    for (const std::string& said : notes_of(changes, steps_done_, settings_.lora.dropout > 0))
        note += " " + said;
    if (ranks_->leads()) record_changes(folder_, changes, steps_done_, {{"settings", to_json(settings_)}});
    log(warning_event(note));
    notes_.push_back(std::move(note));
}

} // namespace lora
