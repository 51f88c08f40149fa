#pragma once
// A work that answers every command from a script, with plausible numbers and no model: for tests of the
// window.

#include "engine/worker/worker.h"

#include <atomic>
#include <memory>
#include <string>

namespace lora {

/// SmolLM2-135M's linears: 30 blocks of hidden size 576, key/value size 192, feed-forward size 1536.
ModelSummary smollm2_summary();

/// Samples with a learned part; `cut` of them are said to be cut.
DatasetSummary sample_summary(std::int64_t samples, std::int64_t cut);

/// What the script does, and what it saw. Shared with the test; the counters are safe to read while it runs.
struct FakeScript {
    std::int64_t total_steps = 40;
    int step_wait_ms = 0;          ///< to look at a run by eye
    std::string refuse_model;      ///< if not empty, LoadModel is refused with it
    std::string refuse_data;       ///< a dataset of this path is refused
    std::int64_t fail_at_step = 0; ///< above 0: the run fails there
    std::int64_t pause_at_step = 0;
    std::int64_t alarm_at_step = 0; ///< above 0: an alarm for the first target there
    std::int64_t cut = 0;
    bool same_start = false; ///< a compared adapter began as the same random numbers
    std::atomic<int> starts = 0;
    std::atomic<MethodKind> method = MethodKind::Lora; ///< of the run started last
    std::atomic<int> stops = 0;
    std::atomic<int> loads = 0;
    std::atomic<int> truncated_targets = 0; ///< of the last smaller adapter that was saved
    std::atomic<int> truncated_rank = 0;    ///< of its first target
};

/// To be given to a Worker as `[script](Emit emit) { return fake_work(std::move(emit), script); }`.
Work fake_work(Emit emit, std::shared_ptr<FakeScript> script);

} // namespace lora
