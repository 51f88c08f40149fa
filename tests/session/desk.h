#pragma once
// What a window is to the engine: it posts commands and awaits events.

#include "engine/session/session.h"
#include "engine/worker/worker.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lora {

/// A worker with the real session, and everything it has said.
class Desk {
public:
    RequestId post(Command command) { return worker_.post(std::move(command)); }

    /// The next event of this type that comes after those already awaited.
    template <class T>
    std::optional<T> await(const std::function<bool(const T&)>& wanted = [](const T&) { return true; }) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (std::chrono::steady_clock::now() < deadline) {
            for (Event& event : worker_.drain()) events_.push_back(std::move(event));
            while (seen_ < events_.size())
                if (const auto* event = std::get_if<T>(&events_[seen_++]); event && wanted(*event))
                    return *event;
            std::this_thread::yield();
        }
        return std::nullopt;
    }
    bool await_state(EngineState state) {
        return await<StateChanged>([=](const StateChanged& now) { return now.state == state; }).has_value();
    }
    bool await_step(std::int64_t step) {
        return await<StepDone>([=](const StepDone& done) { return done.record.step == step; }).has_value();
    }
    std::string await_refusal() {
        const auto refused = await<Refused>();
        return refused ? describe(refused->request.command) + ": " + refused->why.what() : "";
    }
    /// The text of each pane, once all of them have ended.
    std::string await_text(std::int64_t wanted, int panes) {
        const std::size_t begin = seen_;
        for (int ended = 0; ended < panes; ++ended)
            if (!await<GenerationEnded>()) return "no end";
        std::string text;
        for (std::size_t i = begin; i < seen_; ++i)
            if (const auto* piece = std::get_if<TextGenerated>(&events_[i]); piece && piece->pane == wanted)
                text += piece->text;
        return text;
    }
    /// Of those that have been awaited or passed over.
    template <class T>
    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(events_.begin(), events_.end(),
            [](const Event& event) { return std::holds_alternative<T>(event); }));
    }
    std::vector<EngineState> states() const {
        std::vector<EngineState> all;
        for (const Event& event : events_)
            if (const auto* changed = std::get_if<StateChanged>(&event)) all.push_back(changed->state);
        return all;
    }

private:
    std::vector<Event> events_;
    std::size_t seen_ = 0;
    Worker worker_{open_session};
};

} // namespace lora
