#pragma once
// Tells a window what comes of a run: the session's own, or one of a sweep's.

#include "engine/driver/driven_run.h"
#include "engine/worker/worker.h"

#include <cstdint>
#include <exception>

namespace lora {

class RunReport {
public:
    explicit RunReport(Emit emit) : emit_(std::move(emit)) {}

    /// A run begins or goes on.
    void begin(const DrivenRun& run);
    /// What came of it.
    void tell(const RunNews& news, const Run& run);
    /// It was stopped by a failure.
    void tell(const std::exception& failure, const DrivenRun& run);
    /// The run that was told of last.
    RunId id() const { return id_; }

private:
    void tell_step(const StepRecord& record, const RunNews& news, const Run& run);

    Emit emit_;
    RunId id_;
    double step_seconds_ = 0; ///< of this process's steps of the run
    std::int64_t steps_here_ = 0;
};

} // namespace lora
