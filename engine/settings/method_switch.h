#pragma once
// What becomes of a form's settings when another method is chosen.

#include "engine/settings/settings.h"

#include <map>

namespace lora {

/// Remembers what was set for methods that were left, so that going back brings it again.
class MethodSwitch {
public:
    /// The same settings for another method. Where the two begin from different values (targets, rank,
    /// learning rate, how often spectra are measured, the projection), it takes the method's own, or what was
    /// set the last time; numbers that the new method does not have go back to their start. All else stays,
    /// also what the new method refuses: faults() says why.
    RunSettings to(MethodKind method, const RunSettings& settings);

private:
    std::map<MethodKind, RunSettings> left_;
};

} // namespace lora
