#include "engine/session/sweep_work.h"

#include "engine/devices/failure.h"
#include "engine/runs/run_record.h"

#include <chrono>
#include <utility>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;

/// What a run that goes on had done; none for one that begins.
std::shared_ptr<const RunRecord> done_before(const Run& run) {
    if (run.steps_done() == 0) return nullptr;
    return std::make_shared<const RunRecord>(read_run_curves(run.folder()));
}

} // namespace

SweepWork::SweepWork(Emit emit, RunReport& report, const std::string& folder, ModelSource model)
    : emit_(std::move(emit)), report_(report),
      queue_(folder,
          [this, model = std::move(model)](
              const RunSettings& settings, const std::stop_token& stop) -> LoadedModel& {
              loaded_ = &model(settings, stop);
              return *loaded_;
          }) {
    tell_table(queue_.is_over());
}

void SweepWork::advance(const std::stop_token& stop) {
    const auto begin = Clock::now();
    try {
        const auto event = queue_.advance(stop);
        if (event) tell(*event, std::chrono::duration<double>(Clock::now() - begin).count());
    } catch (const std::exception& failure) {
        // A stop that came while a run was being opened: the StopRun follows.
        if (!stop.stop_requested()) fail_with(failure);
    }
}

void SweepWork::tell(const SweepEvent& event, double seconds) {
    if (const auto* began = std::get_if<SweepRunBegan>(&event)) {
        current_ = began->index;
        tell_table(false);
        report_.begin(*queue_.run(), done_before(*queue_.run()));
    } else if (const auto* of_run = std::get_if<RunEvent>(&event)) {
        report_.tell(*of_run, seconds, *queue_.run(), loaded_->model->device());
    } else {
        const SweepRow& row = queue_.table().rows[std::get<SweepRunOver>(event).index];
        if (row.state == SweepRunState::Failed)
            emit_(Warning{"The run " + row.run + " of the sweep failed: " + row.why});
        current_.reset();
        tell_table(queue_.is_over());
    }
}

void SweepWork::leave() {
    try {
        queue_.leave();
    } catch (const std::exception& failure) {
        return fail_with(failure);
    }
    current_.reset();
    tell_table(true);
}

void SweepWork::fail_with(const std::exception& failure) {
    has_failed_ = true;
    current_.reset();
    emit_(Failed{report_.id(), message_of(failure)});
    tell_table(true);
}

void SweepWork::tell_table(bool over) {
    emit_(SweepChanged{queue_.folder(), std::make_shared<const SweepTable>(queue_.table()), current_, over});
}

} // namespace lora
