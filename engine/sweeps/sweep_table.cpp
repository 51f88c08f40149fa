#include "engine/sweeps/sweep_table.h"

#include "engine/files/events_log.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"
#include "engine/settings/setting_differences.h"

#include <algorithm>
#include <filesystem>

namespace lora {

namespace {

void take_better(std::optional<double>& best, double value, bool more) {
    if (!best || (more ? value > *best : value < *best)) best = value;
}

void take(SweepRow& row, const StepRecord& step) {
    row.steps_done = step.step;
    row.training_loss = step.loss;
    row.seconds += seconds_of(step);
}

void take(SweepRow& row, const EvaluationRecord& evaluation) {
    row.eval_loss = evaluation.loss;
    row.accuracy = evaluation.accuracy;
    if (evaluation.step == 0) return;
    take_better(row.best_loss, evaluation.loss, false);
    if (evaluation.accuracy) take_better(row.best_accuracy, *evaluation.accuracy, true);
}

void take(SweepRow& row, const AnswersRecord& answers) {
    const ExactMatches matches = exact_matches(answers);
    if (matches.all > 0)
        row.exact_match = static_cast<double>(matches.right) / static_cast<double>(matches.all);
}

void take_events(SweepRow& row, const std::string& path) {
    const std::vector<Json> events = read_events(path).events;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string where = path + ": event " + std::to_string(i + 1);
        switch (kind_of(events[i])) {
        case EventKind::Step: take(row, step_record(events[i], where)); break;
        case EventKind::Evaluation: take(row, evaluation_record(events[i], where)); break;
        case EventKind::Answers: take(row, answers_record(events[i], where)); break;
        case EventKind::Done:
            if (says_finished(events[i])) row.state = SweepRunState::Finished;
            break;
        case EventKind::Error:
            row.state = SweepRunState::Failed;
            row.why = JsonFields(events[i], where).string("text");
            break;
        default: break;
        }
    }
}

// All rows are waiting.
SweepTable empty_table(const std::string& name, const std::vector<PlannedRun>& runs) {
    std::vector<RunSettings> settings;
    SweepTable table{name, {}, {}};
    for (const PlannedRun& run : runs) {
        settings.push_back(run.settings);
        table.rows.push_back({run.name});
    }
    for (const SettingRow& difference : setting_differences(settings)) {
        table.settings.push_back(difference.name);
        for (std::size_t i = 0; i < runs.size(); ++i) table.rows[i].values.push_back(difference.values[i]);
    }
    return table;
}

} // namespace

void update_row(SweepRow& row, const std::string& run_folder) {
    SweepRow now{row.run};
    now.values = row.values;
    std::error_code absent;
    const bool begun = std::filesystem::is_regular_file(settings_path(run_folder), absent);
    if (begun) {
        const RunFile file = read_run_file(run_folder);
        now.state = SweepRunState::Stopped;
        now.total_steps = file.total_steps;
        now.head = file.head_parameters;
        if (file.trainable) now.trainable = *file.trainable - file.head_parameters;
    }
    take_events(now, events_path(run_folder));
    if (now.state == SweepRunState::Stopped && is_run_active(run_folder)) now.state = SweepRunState::Running;
    row = std::move(now);
}

SweepTable read_sweep_table(const std::string& folder) {
    const Sweep sweep = read_sweep_folder(folder);
    const std::vector<PlannedRun> runs = planned_runs(sweep);
    SweepTable table = empty_table(sweep.name, runs);
    for (std::size_t i = 0; i < runs.size(); ++i) update_row(table.rows[i], run_path(folder, runs[i]));
    return table;
}

std::optional<double> measure(const SweepRow& row, SweepMeasure which) {
    switch (which) {
    case SweepMeasure::EvalLoss: return row.eval_loss;
    case SweepMeasure::BestLoss: return row.best_loss;
    case SweepMeasure::Accuracy: return row.accuracy;
    case SweepMeasure::BestAccuracy: return row.best_accuracy;
    case SweepMeasure::ExactMatch: return row.exact_match;
    case SweepMeasure::TrainingLoss: return row.training_loss;
    case SweepMeasure::Seconds: return row.seconds > 0 ? std::optional(row.seconds) : std::nullopt;
    }
    return {};
}

std::string name(SweepMeasure which) {
    switch (which) {
    case SweepMeasure::EvalLoss: return "eval_loss";
    case SweepMeasure::BestLoss: return "best_loss";
    case SweepMeasure::Accuracy: return "accuracy";
    case SweepMeasure::BestAccuracy: return "best_accuracy";
    case SweepMeasure::ExactMatch: return "exact_match";
    case SweepMeasure::TrainingLoss: return "training_loss";
    case SweepMeasure::Seconds: return "seconds";
    }
    return {};
}

bool more_is_better(SweepMeasure which) {
    return which == SweepMeasure::Accuracy || which == SweepMeasure::BestAccuracy
           || which == SweepMeasure::ExactMatch;
}

std::string in_words(SweepMeasure which) {
    switch (which) {
    case SweepMeasure::EvalLoss: return "evaluation loss";
    case SweepMeasure::BestLoss: return "best evaluation loss";
    case SweepMeasure::Accuracy: return "accuracy";
    case SweepMeasure::BestAccuracy: return "best accuracy";
    case SweepMeasure::ExactMatch: return "exact match";
    case SweepMeasure::TrainingLoss: return "training loss";
    case SweepMeasure::Seconds: return "time of the steps";
    }
    return {};
}

} // namespace lora
