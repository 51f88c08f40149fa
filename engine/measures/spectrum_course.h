#pragma once
// What a run's measurements say of its health from one to the next. Each rule gives its alarm, or none.

#include "engine/measures/alarm.h"
#include "engine/measures/spectrum_values.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace lora {

/// A largest singular value that grew by a whole factor between two measurements in succession.
std::optional<Alarm> jumped(const SpectraOfStep& before, const SpectraOfStep& now);
/// An update that grows, up to the last of `spectra`, while the losses of `steps` do not fall.
std::optional<Alarm> grows_for_nothing(const std::vector<std::int64_t>& steps,
    const std::vector<double>& losses, const std::vector<std::shared_ptr<const SpectraOfStep>>& spectra);
/// Lets go of what grows_for_nothing() will not look at any more, so that a long run holds no more than a
/// short one.
void forget_passed(
    const std::vector<std::int64_t>& steps, std::vector<std::shared_ptr<const SpectraOfStep>>& spectra);

} // namespace lora
