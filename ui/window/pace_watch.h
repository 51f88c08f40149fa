#pragma once
// Watches how fast runs go: by the last one of the same work the set-up tells how long the next will take.

#include "engine/run_settings/run_settings.h"

#include <QObject>
#include <vector>

namespace lora {

class EngineLink;
class SetupColumn;

/// Follows the run under way and those that are opened, and tells the set-up their pace.
class PaceWatch : public QObject {
public:
    PaceWatch(EngineLink& link, SetupColumn& setup, QObject* parent);

private:
    RunSettings run_;           ///< that was started last
    std::vector<double> steps_; ///< seconds of its steps
};

} // namespace lora
