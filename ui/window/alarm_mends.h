#pragma once
// What can be done about an alarm, or about a run that was better before, as buttons that do it: to stop, to
// go back to the checkpoint of the best evaluation, to take half the learning rate.

#include "engine/runs/evaluation_watch.h"
#include "ui/elements/banner.h"
#include "ui/link/engine_link.h"

#include <QObject>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

class AlarmMends : public QObject {
    Q_OBJECT
public:
    explicit AlarmMends(EngineLink& link, QObject* parent = nullptr);

    /// The likeliest first; none for advice, and none in a sweep, which would stop as a whole.
    std::vector<BannerAction> of(const Alarm& alarm);
    /// Opens the run in sight as it was at the step of its best evaluation. None where a later one was as
    /// good, or none was better than before training.
    std::optional<BannerAction> openBest();

Q_SIGNALS:
    /// For the next run.
    void learningRateWanted(double rate);

private:
    void takeRun(const std::string& folder, const RunSettings& settings,
        const std::vector<EvaluationRecord>& evaluations);
    void take(const EvaluationRecord& evaluation);
    std::optional<std::int64_t> betterStep() const;
    void stopFirst();

    EngineLink& link_;
    std::string folder_;
    double rate_ = 0;
    EvaluationWatch evaluations_;
    std::optional<double> before_; ///< the loss before training
    bool isActive_ = false;
    bool isSweep_ = false;
};

} // namespace lora
