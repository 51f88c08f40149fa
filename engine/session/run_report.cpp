#include "engine/session/run_report.h"

#include "engine/devices/failure.h"
#include "engine/runs/run_events.h"

#include <variant>

namespace lora {

void RunReport::begin(const DrivenRun& driven) {
    const Run& run = driven.run();
    ++id_.value;
    step_seconds_ = 0;
    steps_here_ = 0;
    emit_(RunStarted{id_, run.folder(), run.settings(), run.total_steps(), run.steps_done() + 1,
        driven.before(), driven.is_resumed()});
    for (const auto& note : run.notes()) emit_(Warning{note});
    for (const auto& warning : run.train_set().summary.warnings) emit_(Warning{warning});
}

void RunReport::tell(const RunNews& news, const Run& run) {
    const RunEvent& event = news.event;
    if (const auto* step = std::get_if<StepRecord>(&event)) tell_step(*step, news, run);
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&event))
        emit_(EvaluationDone{id_, *evaluation});
    if (const auto* answers = std::get_if<AnswersRecord>(&event))
        emit_(AnswersGiven{id_, std::make_shared<const AnswersRecord>(*answers)});
    if (const auto* spectra = std::get_if<std::shared_ptr<const SpectraOfStep>>(&event))
        emit_(SpectraDone{id_, *spectra});
    for (const std::string& note : news.notes) emit_(Warning{note});
    for (const Alarm& alarm : news.alarms) emit_(AlarmRaised{id_, alarm});
    if (const auto* saved = std::get_if<CheckpointRecord>(&event))
        emit_(CheckpointSaved{id_, saved->step, saved->folder, saved->best});
    if (const auto* end = std::get_if<EndRecord>(&event))
        emit_(RunEnded{id_, is_finished(end->end), end->step, end->adapter, end->end, end->best});
}

void RunReport::tell(const std::exception& failure, const DrivenRun& run) {
    std::string text = message_of(failure);
    if (run.why_not_saved()) {
        text += "\nThe result could not be saved in the run's folder either: " + *run.why_not_saved();
        if (!trains_weights(run.run().settings().method))
            text += "\nIt is still in memory: save it elsewhere.";
    }
    emit_(Failed{id_, text});
}

void RunReport::tell_step(const StepRecord& record, const RunNews& news, const Run& run) {
    step_seconds_ += news.seconds;
    ++steps_here_;
    const double mean = step_seconds_ / static_cast<double>(steps_here_);
    emit_(StepDone{id_, record, run.total_steps(), news.seconds,
        mean * static_cast<double>(run.total_steps() - record.step), news.memory.now_bytes,
        news.memory.peak_bytes, run.profile()});
}

} // namespace lora
