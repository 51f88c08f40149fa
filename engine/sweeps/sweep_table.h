#pragma once
// A sweep's results, read from the folders of its runs: what is shown, drawn and written as results.json
// and results.csv.

#include "engine/sweeps/sweep_folder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct SweepRow {
    std::string run; ///< the name of its folder
    SweepRunState state = SweepRunState::Waiting;
    std::string why = {};                 ///< of a failure
    std::vector<std::string> values = {}; ///< of the table's settings, as they stand in run.json
    std::optional<std::int64_t> trainable =
        {};                ///< parameters, without a classifier's head; none before its start
    std::int64_t head = 0; ///< those of the head, trained beside
    std::int64_t steps_done = 0;
    std::int64_t total_steps = 0;
    std::optional<double> training_loss = {}; ///< of the last step
    std::optional<double> eval_loss = {};     ///< of the last evaluation
    std::optional<double> accuracy = {};
    std::optional<double> best_loss = {}; ///< of all evaluations after a step
    std::optional<double> best_accuracy = {};
    std::optional<double> exact_match = {}; ///< share of the last answers that are those of the data
    double seconds = 0;                     ///< of its steps, evaluations not counted
    bool operator==(const SweepRow&) const = default;
};

struct SweepTable {
    std::string name;
    std::vector<std::string> settings; ///< those that are not the same in all runs, in run.json's order
    std::vector<SweepRow> rows;        ///< a run each, in the sweep's order
    bool operator==(const SweepTable&) const = default;
};

/// What the run's folder tells now; `row.run` and `row.values` stay. Throws Error if a file in it cannot be
/// understood.
void update_row(SweepRow& row, const std::string& run_folder);

/// The whole table as the folders tell it.
SweepTable read_sweep_table(const std::string& folder);

/// A column of numbers.
enum class SweepMeasure { EvalLoss, BestLoss, Accuracy, BestAccuracy, ExactMatch, TrainingLoss, Seconds };
std::optional<double> measure(const SweepRow& row, SweepMeasure which);
std::string name(SweepMeasure which); ///< its name in results.json: "eval_loss"
/// Of losses and times less is better.
bool more_is_better(SweepMeasure which);
/// In words: "evaluation loss".
std::string in_words(SweepMeasure which);

/// One row as an object: run, state, settings by name, measures; what there is not is null.
Json to_json(const SweepRow& row, const std::vector<std::string>& settings);
/// {"name", "runs": rows, "spread": groups of runs that differ in the seed alone}.
Json to_json(const SweepTable& table);
/// A line a run, RFC 4180.
std::string to_csv(const SweepTable& table);

} // namespace lora
