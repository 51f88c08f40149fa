#include "engine/reach/followed_engine.h"

#include "engine/error.h"

#include <utility>
#include <variant>

namespace lora {

void FollowedEngine::follow(const Event& event) {
    if (const auto* changed = std::get_if<StateChanged>(&event)) state_ = changed->state;
    if (const auto* started = std::get_if<RunStarted>(&event)) {
        run_ = *started;
        run_.before.reset(); // its curves are the window's
    }
    if (std::holds_alternative<ModelLoaded>(event)) has_model_ = true;
    if (std::holds_alternative<ModelClosed>(event)) has_model_ = false;
}

bool FollowedEngine::is_run_active() const {
    return state_ == EngineState::Running || state_ == EngineState::Paused || state_ == EngineState::Stopping;
}

EngineLoss FollowedEngine::lose(const std::string& why, std::vector<Request> unanswered) {
    EngineLoss loss;
    if (is_run_active()) loss.events.emplace_back(Failed{run_.run, why});
    for (Request& each : unanswered) loss.events.emplace_back(Refused{std::move(each), Error(why)});
    if (has_model_) loss.events.emplace_back(ModelClosed{why + " Its model is open no more."});
    if (is_run_active() || has_model_)
        loss.news = EngineLost{why, is_run_active() ? run_.folder : std::string()};
    has_model_ = false;
    state_ = EngineState::Empty;
    return loss;
}

} // namespace lora
