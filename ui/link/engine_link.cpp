#include "ui/link/engine_link.h"

#include <type_traits>

namespace lora {

namespace {

constexpr int drainEvery_ms = 33;

} // namespace

EngineLink::EngineLink(std::function<Work(Emit)> makeWork, QObject* parent)
    : QObject(parent), makeWork_(std::move(makeWork)), worker_(std::make_unique<Worker>(makeWork_)) {
    timer_.setInterval(drainEvery_ms);
    connect(&timer_, &QTimer::timeout, this, &EngineLink::drain);
    timer_.start();
}

EngineLink::~EngineLink() = default;

void EngineLink::workAt(const std::optional<EnginePlace>& place, const QString& why) {
    drain();
    worker_.reset();
    remote_.reset();
    postedBefore_ = posted_;
    connection_ = {};
    if (place)
        remote_ = std::make_unique<RemoteEngine>(*place);
    else
        worker_ = std::make_unique<Worker>(makeWork_);
    if (state_ != EngineState::Empty) {
        tell(ModelClosed{why.toStdString()});
        tell(StateChanged{EngineState::Empty});
    }
    Q_EMIT placeChanged();
}

RequestId EngineLink::post(Command command) {
    const RequestId id = worker_ ? worker_->post(std::move(command)) : remote_->post(std::move(command));
    posted_ = id.value + postedBefore_;
    return {posted_};
}

void EngineLink::drain() {
    tellAll(worker_ ? worker_->drain() : remote_->drain());
    if (remote_) tellNews();
}

void EngineLink::tellAll(std::vector<Event> events) {
    for (Event& event : events) {
        if (postedBefore_ > 0) shift_requests(event, postedBefore_);
        if (isOfAnotherRun(event)) continue;
        if (const auto* step = std::get_if<StepDone>(&event)) {
            steps_.push_back(*step);
            continue;
        }
        flushSteps();
        tell(event);
    }
    flushSteps();
}

void EngineLink::tell(const Event& event) {
    follow(event);
    Q_EMIT told(event);
}

void EngineLink::tellNews() {
    for (const EngineNews& news : remote_->news()) {
        if (const auto* now = std::get_if<ConnectionChanged>(&news))
            Q_EMIT connectionChanged(connection_ = *now);
        if (const auto* lost = std::get_if<EngineLost>(&news)) Q_EMIT engineLost(*lost);
        if (const auto* listed = std::get_if<FolderListed>(&news)) Q_EMIT folderListed(*listed);
        if (!remote_) return; // whoever was told wants another engine
    }
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
    if (std::holds_alternative<ModelLoaded>(event) || std::holds_alternative<RunOpened>(event)
        || std::holds_alternative<ModelClosed>(event))
        run_ = {};
}

} // namespace lora
