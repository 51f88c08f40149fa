#pragma once
// A run's alarms: over its record when it is opened, one by one while it trains.

#include "engine/measures/health.h"
#include "engine/runs/run_record.h"

#include <memory>
#include <vector>

namespace lora {

/// All that the record shows.
std::vector<Alarm> find_alarms(const RunRecord& record);

/// Takes a run's numbers as they come and tells each alarm once.
class HealthWatch {
public:
    HealthWatch() = default;
    /// For a resumed run: what it had done, whose alarms are not told again.
    explicit HealthWatch(const RunRecord& before);

    void add(const StepRecord& step);
    /// The alarms that this measurement raises.
    std::vector<Alarm> add(const std::shared_ptr<const SpectraOfStep>& spectra);

private:
    RunHistory history_;
    std::vector<AlarmKind> told_;
};

} // namespace lora
