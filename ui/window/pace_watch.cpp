#include "ui/window/pace_watch.h"

#include "ui/link/engine_link.h"
#include "ui/setup/setup_column.h"

namespace lora {

PaceWatch::PaceWatch(EngineLink& link, SetupColumn& setup, QObject* parent) : QObject(parent) {
    link.on<RunStarted>(this, [this](const RunStarted& run) {
        run_ = run.settings;
        steps_.clear();
    });
    link.on<StepDone>(this, [this](const StepDone& step) { steps_.push_back(step.seconds); });
    link.on<RunEnded>(this, [this, &setup](const RunEnded&) {
        if (const auto pace = pace_of(run_, steps_)) setup.setPace(pace);
    });
    link.on<RunOpened>(this, [&setup](const RunOpened& opened) {
        std::vector<double> seconds;
        for (const StepRecord& step : opened.record->steps) seconds.push_back(lora::seconds_of(step));
        if (const auto pace = pace_of(opened.record->settings, seconds)) setup.setPace(pace);
    });
}

} // namespace lora
