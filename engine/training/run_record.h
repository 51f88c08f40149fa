#pragma once
// A run as its folder tells it: settings, curves, spectra, how it ended. Reading needs no model and no torch.

#include "engine/analysis/spectrum_values.h"
#include "engine/training/settings.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// One finished optimizer step.
struct StepRecord {
    std::int64_t step = 0; ///< counted from 1
    double loss = 0;       ///< mean over the step's learned tokens
    double lr = 0;
    double grad_norm = 0; ///< before clipping
    std::int64_t tokens = 0;
    double tokens_per_s = 0;
};

struct EvaluationRecord {
    std::int64_t step = 0; ///< 0: before the first step
    double loss = 0;       ///< mean over all learned tokens of the set
    double perplexity = 0;
    std::int64_t learned_tokens = 0;
};

struct RunRecord {
    std::string folder;
    RunSettings settings;
    std::int64_t total_steps = 0;
    std::vector<StepRecord> steps;
    std::vector<EvaluationRecord> evaluations;
    std::vector<std::shared_ptr<const SpectraOfStep>> spectra; ///< by step
    bool finished = false;
    std::optional<std::int64_t>
        checkpoint;      ///< the step that a resume goes on from; none if there is no whole checkpoint
    std::string adapter; ///< its folder, if it has been saved
};

/// Throws Error if the folder holds no run.
RunRecord read_run(const std::string& folder);

/// A run in a folder of runs, as a list shows it.
struct RunListing {
    std::string folder;
    std::string name;
    std::int64_t steps_done = 0;
    std::int64_t total_steps = 0;
    bool finished = false;
    bool resumable = false; ///< not finished, not running in another process, with a whole checkpoint
};

/// Newest first; folders that hold no readable run are left out. An absent folder has no runs.
std::vector<RunListing> list_runs(const std::string& folder);

} // namespace lora
