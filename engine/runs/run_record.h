#pragma once
// A run as its folder tells it: settings, curves, spectra, how it ended. Reading needs no model and no torch.

#include "engine/measures/label_scores.h"
#include "engine/measures/spectrum_values.h"
#include "engine/runs/answers_record.h"
#include "engine/runs/run_notes.h"
#include "engine/settings/settings.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// One finished optimizer step.
struct StepRecord {
    std::int64_t step = 0; ///< counted from 1
    double loss = 0;       ///< mean over the step's learned tokens, or a classifier's samples
    double lr = 0;
    double grad_norm = 0; ///< before clipping
    std::int64_t tokens = 0;
    double tokens_per_s = 0;
};

/// How long it took, from its tokens and their rate; 0 where it does not tell.
double seconds_of(const StepRecord& step);

struct EvaluationRecord {
    std::int64_t step = 0; ///< 0: before the first step
    double loss = 0;       ///< mean over all learned tokens of the set; of a classifier: over its samples
    double perplexity = 0; ///< e^loss; of no use for a classifier
    std::int64_t learned_tokens = 0;     ///< what the mean is over
    std::optional<double> accuracy = {}; ///< a classifier's share of right labels, of one a text
    /// Of a classifier of one label a text: how many samples of each label (row) were taken for each label
    /// (column); empty where there are more labels than one can look at.
    std::vector<std::vector<std::int64_t>> confusion = {};
    std::vector<Score> scores = {}; ///< of several labels a text, or of numbers

    /// Of a classifier, whose mean is over samples.
    bool is_of_labels() const { return accuracy || !scores.empty(); }
};

/// The checkpoint of the evaluation with the lowest loss after the first step.
struct BestCheckpoint {
    std::int64_t step = 0;
    double loss = 0; ///< of that evaluation
    std::string folder;
    bool operator==(const BestCheckpoint&) const = default;
};

/// Why a run is over.
enum class RunEnd {
    AllSteps,
    NoGain,  ///< as many evaluations in a row as its patience brought no gain
    Stopped, ///< by a person, before all that was to do was done
};
/// "all_steps", "no_gain", "stopped": the words of its events.
std::string name(RunEnd end);

struct RunRecord {
    std::string folder;
    RunSettings settings;
    std::int64_t total_steps = 0;
    std::vector<std::string> labels; ///< of a classification, by class
    std::vector<StepRecord> steps;
    std::vector<EvaluationRecord> evaluations;
    std::vector<AnswersRecord> answers;
    std::vector<std::shared_ptr<const SpectraOfStep>> spectra; ///< by step
    std::optional<RunEnd> end; ///< as it was told last; none: it was cut off, or goes on
    bool finished = false;     ///< nothing more is to be done
    std::optional<std::int64_t>
        checkpoint; ///< the step that a resume goes on from; none if there is no whole checkpoint
    std::optional<BestCheckpoint> best; ///< whole; none without evaluations
    std::string adapter;                ///< the result's folder, if it has been saved
    std::string fault; ///< of events.jsonl: what follows its damaged line is not told; empty: none
};

/// Throws Error if the folder holds no run.
RunRecord read_run(const std::string& folder);
/// The same without `checkpoint` and `best`, whose files would all be read to see whether they are whole.
RunRecord read_run_curves(const std::string& folder);

/// The checkpoint of the best of a run's evaluations; none where it is not there or not whole.
std::optional<BestCheckpoint> best_checkpoint(
    const std::string& folder, const std::vector<EvaluationRecord>& evaluations);

/// Throws Error where there is none.
const BestCheckpoint& need_best(const RunRecord& record);

/// A run in a folder of runs, as a list shows it.
struct RunListing {
    std::string folder;
    std::string name;
    RunSettings settings;
    std::int64_t steps_done = 0;
    std::int64_t total_steps = 0;
    bool finished = false;
    bool resumable = false;   ///< not finished, not running in another process, with a whole checkpoint
    bool cut_off = false;     ///< not finished, not running, no end written, and no checkpoint to go on from
    std::int64_t changed = 0; ///< when it last went on, seconds since 1970
    std::optional<double> loss;       ///< of the last step
    std::optional<double> evaluation; ///< the last evaluation's loss
    RunNotes notes;                   ///< empty where they cannot be read

    /// As a person named it; else the folder's name.
    const std::string& called() const { return notes.title.empty() ? name : notes.title; }
};

/// Newest first; folders that hold no readable run are left out. An absent folder has no runs. Of a run's
/// events only the end is read, so that hundreds of runs are listed at once.
std::vector<RunListing> list_runs(const std::string& folder);

/// All that a run can be found by, in lower case, a line each: name, title, date (2026-11-24), notes, tags
/// (tag:WORD), settings as they stand in run.json (rank=8, lr=0.002), of paths the last part, and what came
/// of it (step=95, loss=0.07, evaluation=0.42).
std::string search_text(const RunListing& run);
/// Whether every word that was typed stands in it; case does not count. A comparison such as loss<1.6 or
/// rank>=8 asks for a number of that name which it holds for, and for none while its own is still to be
/// typed.
bool matches(const std::string& search_text, const std::string& words);

} // namespace lora
