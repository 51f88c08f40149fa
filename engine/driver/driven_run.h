#pragma once
// A run on its way, as window, command and sweep drive it: one unit of work after the other, each with the
// alarms it raises, and whatever stops it, its last finished step is saved.

#include "engine/machine/memory.h"
#include "engine/measures/health.h"
#include "engine/measures/memory_health.h"
#include "engine/runs/run_health.h"
#include "engine/training/run.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

/// What came of one unit of work.
struct RunNews {
    RunEvent event;
    double seconds = 0;                  ///< that it took
    MemoryUse memory = {};               ///< after a step; zeros after anything else
    std::vector<Alarm> alarms = {};      ///< that it raises; each kind comes once a run
    std::vector<std::string> notes = {}; ///< what Run::notes() has more than before
};

class DrivenRun {
public:
    /// As Run::start and Run::resume.
    static std::unique_ptr<DrivenRun> start(const RunSettings& settings, const std::string& folder,
        LoadedModel& loaded, const std::stop_token& stop = {}, std::shared_ptr<RankGroup> ranks = nullptr,
        const ReadProgress& progress = {});
    static std::unique_ptr<DrivenRun> resume(const std::string& folder, LoadedModel& loaded,
        const std::stop_token& stop = {}, const ResumeWish& wish = {},
        std::shared_ptr<RankGroup> ranks = nullptr, const ReadProgress& progress = {});

    /// As Run::advance. Before a failure is thrown on, the last finished step is saved, if it can be.
    std::optional<RunNews> advance(const std::stop_token& stop = {});
    /// Checkpoint and result of the last finished step, now.
    RunNews save();
    /// Ends the run at its last finished step, which is saved.
    RunNews end();

    bool is_over() const { return run_->is_over(); }
    const Run& run() const { return *run_; }
    /// The spectra of the last finished step, where they take no more than a moment: none of weights that are
    /// trained themselves.
    std::shared_ptr<const SpectraOfStep> quick_spectra();
    bool is_resumed() const { return is_resumed_; }
    /// What a resumed run had done; none where that was nothing.
    const std::shared_ptr<const RunRecord>& before() const { return before_; }
    /// After a failure: why the last finished step could not be saved; none where it was.
    const std::optional<std::string>& why_not_saved() const { return why_not_saved_; }

private:
    DrivenRun(std::unique_ptr<Run> run, bool is_resumed, std::shared_ptr<const RunRecord> before);
    std::vector<Alarm> alarms_of(const RunNews& news);
    std::vector<Alarm> alarms_of(const StepRecord& step, const MemoryUse& memory);
    std::vector<std::string> new_notes();

    std::unique_ptr<Run> run_;
    bool is_resumed_;
    std::shared_ptr<const RunRecord> before_;
    HealthWatch health_;
    MemoryHealth memory_health_;
    std::size_t told_notes_;
    std::optional<std::string> why_not_saved_;
};

} // namespace lora
