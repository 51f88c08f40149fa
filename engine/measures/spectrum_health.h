#pragma once
// What the singular values of a run's updates say of its health at one step. Each rule gives its alarm, or
// none.

#include "engine/measures/alarm.h"
#include "engine/measures/spectrum_values.h"

#include <optional>

namespace lora {

/// Updates that have not left zero after a few steps.
std::optional<Alarm> still_zero(const SpectraOfStep& measured);
/// Updates that are next to nothing beside their weights after many steps, in all targets.
std::optional<Alarm> hardly_moved(const SpectraOfStep& measured);
/// Almost all of an update's energy in one direction, of several that the rank allows.
std::optional<Alarm> uses_one_direction(const SpectraOfStep& measured);
/// All of the rank in even use in most targets, so that more of it may be wanted.
std::optional<Alarm> starved(const SpectraOfStep& measured);
/// An update that is larger than the weight it changes.
std::optional<Alarm> beyond_weights(const SpectraOfStep& measured);

} // namespace lora
