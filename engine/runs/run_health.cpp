#include "engine/runs/run_health.h"

#include <algorithm>

namespace lora {

namespace {

RunHistory history_of(const RunRecord& record) {
    RunHistory history;
    for (const StepRecord& step : record.steps) {
        history.steps.push_back(step.step);
        history.losses.push_back(step.loss);
    }
    history.spectra = record.spectra;
    return history;
}

} // namespace

std::vector<Alarm> find_alarms(const RunRecord& record) { return find_alarms(history_of(record)); }

HealthWatch::HealthWatch(const RunRecord& before) : history_(history_of(before)) {
    for (const Alarm& alarm : find_alarms(history_)) told_.push_back(alarm.kind);
}

void HealthWatch::add(const StepRecord& step) {
    history_.steps.push_back(step.step);
    history_.losses.push_back(step.loss);
}

std::vector<Alarm> HealthWatch::add(const std::shared_ptr<const SpectraOfStep>& spectra) {
    history_.spectra.push_back(spectra);
    std::vector<Alarm> alarms = find_alarms(history_);
    std::erase_if(alarms,
        [&](const Alarm& alarm) { return std::find(told_.begin(), told_.end(), alarm.kind) != told_.end(); });
    for (const Alarm& alarm : alarms) told_.push_back(alarm.kind);
    return alarms;
}

} // namespace lora
