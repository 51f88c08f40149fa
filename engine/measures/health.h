#pragma once
// What a run's numbers say of its health: alarms, each with a sentence and what to try. Knows no run, only
// the numbers; the same rules speak while it trains and when it is opened later.

#include "engine/files/json.h"
#include "engine/measures/spectrum_values.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lora {

/// A run so far.
struct RunHistory {
    std::vector<std::int64_t> steps;                           ///< finished ones, ascending
    std::vector<double> losses;                                ///< of those
    std::vector<std::shared_ptr<const SpectraOfStep>> spectra; ///< by step, ascending
};

enum class AlarmKind {
    StillZero,       ///< B is zero after steps in which it should have moved
    Jump,            ///< σ₁ grew manyfold from one measurement to the next, late in the run
    OneDirection,    ///< a target uses about one direction of many
    Starved,         ///< every target fills its whole rank
    GrowsForNothing, ///< ‖ΔW‖ goes on growing and the loss does not fall
};

struct Alarm {
    AlarmKind kind = AlarmKind::StillZero;
    std::vector<std::string> targets; ///< paths; empty: all of them
    std::int64_t step = 0;            ///< of the measurement at which it shows first
    std::string sentence;             ///< what is seen
    std::string advice;               ///< what to try
    bool operator==(const Alarm&) const = default;
};

/// "still_zero", "jump", "one_direction", "starved", "grows_for_nothing".
std::string name(AlarmKind kind);

/// All that the history shows, at most one of a kind, by step.
std::vector<Alarm> find_alarms(const RunHistory& history);

Json to_json(const Alarm& alarm);

} // namespace lora
