#pragma once
// The session's sweep: its queue stepwise, told to the window as runs and as a table.

#include "engine/driver/sweep_queue.h"
#include "engine/session/run_report.h"
#include "engine/worker/worker.h"

#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lora {

class SweepWork {
public:
    /// `report` tells of the runs. Throws Error as SweepQueue does.
    SweepWork(Emit emit, RunReport& report, const ResumeSweep& command, ModelSource model);

    /// One unit of work. What stops the whole sweep is told as Failed.
    void advance(const std::stop_token& stop);
    /// Nothing is left to do, or it has failed.
    bool is_over() const { return has_failed_ || queue_.is_over(); }
    bool has_failed() const { return has_failed_; }
    /// Saves the run under way, lets go of it and tells the table.
    void leave();

private:
    void tell(const SweepEvent& event);
    void tell_table(bool over);
    void fail_with(const std::exception& failure);

    Emit emit_;
    RunReport& report_;
    LoadedModel* loaded_ = nullptr;
    SweepQueue queue_;
    std::optional<std::size_t> current_;
    std::size_t told_notes_ = 0;
    bool has_failed_ = false;
};

} // namespace lora
