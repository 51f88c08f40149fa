#pragma once
// What the singular values of a run's updates say of its health: rules over one measurement, two that follow
// each other, or all so far beside the losses. Each gives its alarm, or none.

#include "engine/measures/alarm.h"
#include "engine/measures/spectrum_values.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace lora {

/// Updates that have not left zero after a few steps.
std::optional<Alarm> still_zero(const SpectraOfStep& measured);
/// A largest singular value that grew by a whole factor between two measurements in succession.
std::optional<Alarm> jumped(const SpectraOfStep& before, const SpectraOfStep& now);
/// Almost all of an update's energy in one direction, of several that the rank allows.
std::optional<Alarm> uses_one_direction(const SpectraOfStep& measured);
/// All of the rank in even use everywhere, so that more of it may be wanted.
std::optional<Alarm> starved(const SpectraOfStep& measured);
/// An update that is larger than the weight it changes.
std::optional<Alarm> beyond_weights(const SpectraOfStep& measured);
/// An update that grows, up to the last of `spectra`, while the losses of `steps` do not fall.
std::optional<Alarm> grows_for_nothing(const std::vector<std::int64_t>& steps,
    const std::vector<double>& losses, const std::vector<std::shared_ptr<const SpectraOfStep>>& spectra);

} // namespace lora
