#pragma once
// How things stand, folded from all events: what a window is told that comes new to an engine at work, so
// that it shows what one would that was there from the start.

#include "engine/worker/messages.h"

#include <optional>
#include <vector>

namespace lora {

class Standing {
public:
    void take(const Event& event);

    EngineState state() const { return state_.state; }
    /// Whether something would be lost if the engine ended now.
    bool is_active() const;
    /// Events after which a window that knew nothing stands where the engine does. A run's curves so far come
    /// with its start, as those of a resumed run do.
    std::vector<Event> events() const;

private:
    /// What a run's events came to. The record is the one before it, as a resumed run has it, grown since.
    struct Run {
        RunStarted started;
        RunRecord record;
        std::vector<AlarmRaised> alarms = {};
        std::optional<Event> end = {};
    };

    void take_of_run(const Event& event);
    void add_run_to(std::vector<Event>& events) const;

    StateChanged state_;
    std::optional<ModelLoaded> model_;
    std::optional<AdapterChanged> adapter_;
    std::optional<SpectraDone> spectra_; ///< of an adapter that was loaded
    std::optional<RunOpened> opened_;
    std::optional<SweepChanged> sweep_;
    std::optional<Run> run_; ///< the last one, until another one or a model takes its place
};

} // namespace lora
