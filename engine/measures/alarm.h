#pragma once
// An alarm: one thing in a run's numbers that a person should know, with what to try.

#include "engine/files/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

enum class AlarmKind {
    StillZero,       ///< B is zero after steps in which it should have moved
    Jump,            ///< σ₁ grew manyfold from one measurement to the next, late in the run
    OneDirection,    ///< a target uses about one direction of many
    Starved,         ///< most targets fill their whole rank
    GrowsForNothing, ///< ‖ΔW‖ goes on growing and the loss does not fall
    WorseThanBefore, ///< an evaluation is worse than the one before training
    LossRises,       ///< the training loss goes up and stays there
    LossSpikes,      ///< steps' losses stand out of those before them
    NanNear,         ///< loss or gradient grow without bound
    BeyondWeights,   ///< ‖ΔW‖ is above ‖W₀‖ somewhere
    Overfits,        ///< the evaluation turned up after its best while the training loss did not
    EndedWorse,      ///< the run is over and left the model worse than it was
    LearnsNothing,   ///< after many steps neither the weights nor the evaluation have moved
    MemoryNearEnd,   ///< hardly any memory is left; of a run under way alone, no record has it
};

struct Alarm {
    AlarmKind kind = AlarmKind::StillZero;
    std::vector<std::string> targets; ///< paths; empty: all of them, or of no target
    std::int64_t step = 0;            ///< at which it shows first; of advice: the last that was measured
    std::string sentence;             ///< what is seen
    std::string advice;               ///< what to try
    bool operator==(const Alarm&) const = default;
};

/// "still_zero", "jump", "one_direction", …
std::string name(AlarmKind kind);

/// Nothing is wrong: it tells at the end what the next run could do better.
bool is_advice(AlarmKind kind);

Json to_json(const Alarm& alarm);

} // namespace lora
