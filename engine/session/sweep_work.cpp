#include "engine/session/sweep_work.h"

#include "engine/devices/failure.h"

#include <utility>

namespace lora {

SweepWork::SweepWork(Emit emit, RunReport& report, const ResumeSweep& command, ModelSource model)
    : emit_(std::move(emit)), report_(report),
      queue_(
          command.folder,
          [this, model = std::move(model)](
              const RunSettings& settings, const std::stop_token& stop) -> LoadedModel& {
              loaded_ = &model(settings, stop);
              return *loaded_;
          },
          command.retry_failed) {
    tell_table(queue_.is_over());
}

void SweepWork::advance(const std::stop_token& stop) {
    try {
        if (const auto event = queue_.advance(stop)) tell(*event);
    } catch (const std::exception& failure) {
        // A stop that came while a run was being opened: the StopRun follows.
        if (!stop.stop_requested()) fail_with(failure);
    }
}

void SweepWork::tell(const SweepEvent& event) {
    if (const auto* began = std::get_if<SweepRunBegan>(&event)) {
        current_ = began->index;
        for (; told_notes_ < queue_.notes().size(); ++told_notes_)
            emit_(Warning{queue_.notes()[told_notes_]});
        tell_table(false);
        report_.begin(*queue_.run());
    } else if (const auto* news = std::get_if<RunNews>(&event)) {
        report_.tell(*news, queue_.run()->run());
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
    // Where no run is under way it is no run's: a window passes over what is of a run that it no longer
    // shows.
    emit_(Failed{current_ ? report_.id() : RunId{}, message_of(failure)});
    current_.reset();
    tell_table(true);
}

void SweepWork::tell_table(bool over) {
    emit_(SweepChanged{queue_.folder(), std::make_shared<const SweepTable>(queue_.table()), current_, over});
}

} // namespace lora
