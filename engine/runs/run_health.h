#pragma once
// A run's alarms: over its record when it is opened, one by one while it trains.

#include "engine/measures/health.h"
#include "engine/runs/run_record.h"

#include <memory>
#include <vector>

namespace lora {

/// All that the record shows.
std::vector<Alarm> find_alarms(const RunRecord& record);

/// Takes a run's records as they come and tells each alarm once.
class HealthWatch {
public:
    explicit HealthWatch(MethodKind method);
    /// For a resumed run: what it had done, whose alarms are not told again.
    explicit HealthWatch(const RunRecord& before);

    /// The alarms that it raises.
    std::vector<Alarm> add(const StepRecord& step);
    std::vector<Alarm> add(const EvaluationRecord& evaluation);
    std::vector<Alarm> add(const std::shared_ptr<const SpectraOfStep>& spectra);
    /// As RunHealth::end.
    std::vector<Alarm> end();

private:
    RunHealth health_;
};

} // namespace lora
