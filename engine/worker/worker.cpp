#include "engine/worker/worker.h"

#include <exception>
#include <utility>

namespace lora {

namespace {

bool interrupts(const Command& command) {
    return std::holds_alternative<StopRun>(command) || std::holds_alternative<StopGeneration>(command)
           || std::holds_alternative<StopAnalysis>(command);
}

void attempt(const Work& work, const Command& command, const std::stop_token& stop, const Emit& emit) {
    try {
        work.attempt(command, stop);
    } catch (const std::exception& error) {
        emit(Refused{describe(command), error.what()});
    }
}

} // namespace

Worker::Worker(std::function<Work(Emit)> make_work)
    : thread_(
        [this, make_work = std::move(make_work)](const std::stop_token& stop) { work(stop, make_work); }) {}

Worker::~Worker() = default;

void Worker::post(Command command) {
    {
        const std::lock_guard lock(mutex_);
        if (interrupts(command)) interrupt_.request_stop();
        commands_.push_back(std::move(command));
    }
    wake_.notify_one();
}

std::vector<Event> Worker::drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
}

void Worker::work(const std::stop_token& stop, const std::function<Work(Emit)>& make_work) {
    const Emit emit = [this](Event event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
    };
    try {
        const Work work = make_work(emit);
        while (!stop.stop_requested()) {
            const std::stop_source step;
            if (const auto command = next(stop, work.busy(), step)) {
                attempt(work, *command, stop, emit);
            } else if (!stop.stop_requested()) {
                const std::stop_callback close(stop, [step] { step.request_stop(); });
                work.advance(step.get_token());
            }
        }
    } catch (const std::exception& error) {
        emit(Failed{RunId{}, error.what()});
    }
}

std::optional<Command> Worker::next(const std::stop_token& stop, bool busy, const std::stop_source& step) {
    std::unique_lock lock(mutex_);
    if (!busy) wake_.wait(lock, stop, [this] { return !commands_.empty(); });
    // Under the lock that found no command: a stop posted from here on reaches this step.
    interrupt_ = step;
    if (commands_.empty()) return std::nullopt;
    Command command = std::move(commands_.front());
    commands_.pop_front();
    return command;
}

} // namespace lora
