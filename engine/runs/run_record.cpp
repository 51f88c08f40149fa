#include "engine/runs/run_record.h"

#include "engine/error.h"
#include "engine/files/events_log.h"
#include "engine/files/store.h"
#include "engine/runs/evaluation_watch.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

namespace lora {

namespace {

/// Spectra come one target an event; those of a step belong together.
class SpectraByStep {
public:
    void add(std::int64_t step, Spectrum spectrum) {
        auto& spectra = steps_[step].spectra;
        // The first target once more: the step was told again, as a resumed run does.
        if (!spectra.empty() && spectra.front().path == spectrum.path) spectra.clear();
        spectra.push_back(std::move(spectrum));
    }

    std::vector<std::shared_ptr<const SpectraOfStep>> take() {
        std::vector<std::shared_ptr<const SpectraOfStep>> list;
        for (auto& [step, spectra] : steps_) {
            spectra.step = step;
            list.push_back(std::make_shared<const SpectraOfStep>(std::move(spectra)));
        }
        return list;
    }

private:
    std::map<std::int64_t, SpectraOfStep> steps_;
};

void read_curves(RunRecord& record) {
    const std::string path = events_path(record.folder);
    auto [events, fault] = read_events(path);
    record.fault = std::move(fault);
    SpectraByStep spectra;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string where = path + ": event " + std::to_string(i + 1);
        switch (kind_of(events[i])) {
        case EventKind::Step: record.steps.push_back(step_record(events[i], where)); break;
        case EventKind::Evaluation: record.evaluations.push_back(evaluation_record(events[i], where)); break;
        case EventKind::Answers: record.answers.push_back(answers_record(events[i], where)); break;
        case EventKind::Spectrum:
            spectra.add(step_of(events[i]).value_or(0), spectrum(events[i], where));
            break;
        case EventKind::Done: record.end = end_of(events[i]); break;
        default: break;
        }
    }
    record.finished = record.end && is_finished(*record.end);
    record.spectra = spectra.take();
}

} // namespace

std::string name(RunEnd end) {
    switch (end) {
    case RunEnd::AllSteps: return "all_steps";
    case RunEnd::NoGain: return "no_gain";
    case RunEnd::Stopped: break;
    }
    return "stopped";
}

double seconds_of(const StepRecord& step) {
    const bool told = step.tokens_per_s > 0 && std::isfinite(step.tokens_per_s);
    return told ? static_cast<double>(step.tokens) / step.tokens_per_s : 0;
}

RunRecord read_run_curves(const std::string& folder) {
    const RunFile file = read_run_file(folder);
    RunRecord record;
    record.folder = folder;
    record.settings = file.settings;
    record.total_steps = file.total_steps;
    record.labels = file.labels;
    read_curves(record);
    std::error_code absent;
    if (const std::string result = result_path(folder, record.settings.method);
        std::filesystem::exists(result, absent))
        record.adapter = result;
    return record;
}

RunRecord read_run(const std::string& folder) {
    RunRecord record = read_run_curves(folder);
    if (const auto checkpoint = latest_checkpoint(folder)) record.checkpoint = checkpoint->step;
    record.best = best_checkpoint(folder, record.evaluations);
    return record;
}

const BestCheckpoint& need_best(const RunRecord& record) {
    if (!record.best)
        fail(record.folder, "no whole checkpoint of its best evaluation",
            "a run that was evaluated after one of its steps");
    return *record.best;
}

std::optional<BestCheckpoint> best_checkpoint(
    const std::string& folder, const std::vector<EvaluationRecord>& evaluations) {
    EvaluationWatch watch;
    for (const EvaluationRecord& each : evaluations) watch.add(each);
    if (!watch.best()) return std::nullopt;
    const std::string place = checkpoint_path(folder, watch.best()->step);
    if (!manifest_holds(place)) return std::nullopt;
    return BestCheckpoint{watch.best()->step, watch.best()->loss, place};
}

} // namespace lora
