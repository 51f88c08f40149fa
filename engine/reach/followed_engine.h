#pragma once
// What an engine elsewhere holds, as its events tell it, and what its end means for that and for what was
// asked.

#include "engine/reach/remote_engine.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

/// What the window is told of an engine's end.
struct EngineLoss {
    std::vector<Event> events;      ///< the run failed, what was asked is refused, the model is closed
    std::optional<EngineLost> news; ///< where a run was active or a model open
};

class FollowedEngine {
public:
    void follow(const Event& event);
    /// The engine has ended: after this nothing is held.
    EngineLoss lose(const std::string& why, std::vector<Request> unanswered);

private:
    bool is_run_active() const;

    EngineState state_ = EngineState::Empty;
    RunStarted run_; ///< the last one
    bool has_model_ = false;
};

} // namespace lora
