#include "ui/link/engine_link.h"

#include <type_traits>

namespace lora {

namespace {

constexpr int drainEvery_ms = 33;

} // namespace

EngineLink::EngineLink(std::function<Work(Emit)> makeWork, QObject* parent)
    : QObject(parent), worker_(std::make_unique<Worker>(std::move(makeWork))) {
    timer_.setInterval(drainEvery_ms);
    connect(&timer_, &QTimer::timeout, this, &EngineLink::drain);
    timer_.start();
}

EngineLink::~EngineLink() = default;

RequestId EngineLink::post(Command command) { return worker_->post(std::move(command)); }

void EngineLink::drain() {
    for (const Event& event : worker_->drain()) {
        if (isOfAnotherRun(event)) continue;
        if (const auto* step = std::get_if<StepDone>(&event)) {
            steps_.push_back(*step);
            continue;
        }
        flushSteps();
        follow(event);
        Q_EMIT told(event);
    }
    flushSteps();
}

void EngineLink::flushSteps() {
    if (steps_.empty()) return;
    const std::vector<StepDone> steps = std::exchange(steps_, {});
    Q_EMIT stepsDone(steps);
}

bool EngineLink::isOfAnotherRun(const Event& event) const {
    return std::visit(
        [this](const auto& each) {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, RunStarted>)
                return false;
            else if constexpr (requires { each.run; })
                return each.run != RunId{} && each.run != run_;
            else
                return false;
        },
        event);
}

void EngineLink::follow(const Event& event) {
    if (const auto* changed = std::get_if<StateChanged>(&event)) state_ = changed->state;
    if (const auto* started = std::get_if<RunStarted>(&event)) run_ = started->run;
    // What is in sight from here on is no run of this process.
    if (std::holds_alternative<ModelLoaded>(event) || std::holds_alternative<RunOpened>(event)) run_ = {};
}

} // namespace lora
