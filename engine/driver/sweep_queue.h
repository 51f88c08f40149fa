#pragma once
// The runs of a sweep, one after the other. Like a run it is a thing one steps: no thread, no callback but
// the one that gives the model. Made over a folder, it does what there is left to do in it.

#include "engine/architectures/catalog.h"
#include "engine/driver/driven_run.h"
#include "engine/files/store.h"
#include "engine/sweeps/sweep_table.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace lora {

/// Gives the model for a run's settings: the one before where it is the same, so that runs share it. Threads
/// are set too. What it gives must live until the next call.
using ModelSource = std::function<LoadedModel&(const RunSettings&, const std::stop_token&)>;

/// A run has begun or goes on: SweepQueue::run().
struct SweepRunBegan {
    std::size_t index = 0;
};
/// A run is over; its row says how.
struct SweepRunOver {
    std::size_t index = 0;
};
using SweepEvent = std::variant<SweepRunBegan, RunNews, SweepRunOver>;

/// What stops a whole sweep, since each run that is left would meet it: the model or the data of all of them
/// cannot be opened. No run is marked as failed by it; once it is mended the sweep goes on.
class SweepHalted : public Error {
public:
    using Error::Error;
};

class SweepQueue {
public:
    /// Works on a sweep's folder (see create_sweep_folder): finished and failed runs are kept, one that was
    /// under way goes on from its checkpoint; with `retry_failed` the failed ones too, from theirs or anew.
    /// Throws Error if it holds no sweep or another process works on it.
    SweepQueue(const std::string& folder, ModelSource model, bool retry_failed = false);
    ~SweepQueue();

    /// The next unit of work; nothing where a run had nothing to tell, or `stop` dropped its step. A run that
    /// fails is marked and the next one begins. Throws DiskFull, SweepHalted, and Error where the sweep's own
    /// files cannot be written.
    std::optional<SweepEvent> advance(const std::stop_token& stop = {});
    bool is_over() const { return next_ >= runs_.size() && run_ == nullptr; }

    /// Saves the run under way and lets go of it; advance() would go on with it.
    void leave();

    const std::string& folder() const { return folder_; }
    /// The run under way, or null.
    const DrivenRun* run() const { return run_.get(); }
    /// What was found at a run's place and set aside, a sentence each.
    const std::vector<std::string>& notes() const { return notes_; }
    /// As it stood when a run last began or ended.
    const SweepTable& table() const { return table_; }

private:
    SweepEvent begin(const std::stop_token& stop);
    LoadedModel& model_of_next(const std::stop_token& stop);
    void need_data_of_next() const;
    /// Whether all runs that are left are alike in what `of` gives of their settings.
    template <class Of>
    bool is_shared(const Of& of) const;
    SweepEvent close_run();
    SweepEvent mark(const std::string& why);
    std::string place(std::size_t index) const { return run_path(folder_, runs_[index]); }

    std::string folder_;
    FolderLock lock_;
    std::vector<PlannedRun> runs_;
    SweepTable table_;
    ModelSource model_;
    LoadedModel* loaded_ = nullptr; ///< the run's
    std::unique_ptr<DrivenRun> run_;
    std::vector<std::string> notes_;
    std::size_t next_ = 0; ///< the run under way, or the first that is not over
};

} // namespace lora
