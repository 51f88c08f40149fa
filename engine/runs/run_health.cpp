#include "engine/runs/run_health.h"

#include "engine/method_sheets/method_sheet.h"

#include <algorithm>

namespace lora {

namespace {

RunHistory history_of(const RunRecord& record) {
    RunHistory history;
    for (const StepRecord& step : record.steps) {
        history.steps.push_back(step.step);
        history.losses.push_back(step.loss);
        history.gradient_norms.push_back(step.grad_norm);
    }
    for (const EvaluationRecord& evaluation : record.evaluations)
        history.evaluations.push_back({evaluation.step, evaluation.loss});
    history.spectra = record.spectra;
    history.chosen_ranks = keeps_low_rank(record.settings.method);
    return history;
}

} // namespace

// What an evaluation in mid-run told is told once more, with the last numbers, by the end.
std::vector<Alarm> find_alarms(const RunRecord& record) {
    std::vector<Alarm> alarms = find_alarms(history_of(record));
    const bool ended_worse = std::any_of(
        alarms.begin(), alarms.end(), [](const Alarm& alarm) { return alarm.kind == AlarmKind::EndedWorse; });
    if (ended_worse)
        std::erase_if(alarms, [](const Alarm& alarm) { return alarm.kind == AlarmKind::WorseThanBefore; });
    return alarms;
}

HealthWatch::HealthWatch(MethodKind method) : health_(keeps_low_rank(method)) {}

HealthWatch::HealthWatch(const RunRecord& before) : HealthWatch(before.settings.method) {
    health_.add(history_of(before));
}

std::vector<Alarm> HealthWatch::add(const StepRecord& step) {
    return health_.add_step(step.step, step.loss, step.grad_norm);
}

std::vector<Alarm> HealthWatch::add(const EvaluationRecord& evaluation) {
    return health_.add_evaluation(evaluation.step, evaluation.loss);
}

std::vector<Alarm> HealthWatch::add(const std::shared_ptr<const SpectraOfStep>& spectra) {
    return health_.add(spectra);
}

std::vector<Alarm> HealthWatch::end() { return health_.end(); }

} // namespace lora
