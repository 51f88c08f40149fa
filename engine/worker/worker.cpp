#include "engine/worker/worker.h"

#include <exception>
#include <utility>

namespace lora {

namespace {

bool interrupts(const Command& command) {
    return std::holds_alternative<StopRun>(command) || std::holds_alternative<StopGeneration>(command)
           || std::holds_alternative<StopAnalysis>(command);
}

Error error_of(const std::exception& failure) {
    if (const auto* error = dynamic_cast<const Error*>(&failure)) return *error;
    return Error(failure.what());
}

} // namespace

Worker::Worker(std::function<Work(Emit)> make_work)
    : thread_(
        [this, make_work = std::move(make_work)](const std::stop_token& stop) { work(stop, make_work); }) {}

Worker::~Worker() = default;

RequestId Worker::post(Command command) {
    RequestId id;
    {
        const std::lock_guard lock(mutex_);
        drop_superseded(command);
        if (!in_progress_ && interrupts(command)) interrupt_.request_stop();
        id.value = ++posted_;
        waiting_.push_back({id, std::move(command)});
    }
    wake_.notify_one();
    return id;
}

// From the newest back, no further than to a command that must find things as they were when it was posted.
void Worker::drop_superseded(const Command& newer) {
    for (std::size_t i = waiting_.size(); i-- > 0;) {
        const Command& older = waiting_[i].command;
        if (!can_be_superseded(older)) return;
        if (supersedes(newer, older)) waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (in_progress_ && supersedes(newer, *in_progress_)) interrupt_.request_stop();
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
            const auto request = next(stop, work.busy(), step);
            if (stop.stop_requested()) return;
            const std::stop_callback close(stop, [step] { step.request_stop(); });
            if (request)
                attempt(work, *request, step.get_token(), emit);
            else
                work.advance(step.get_token());
        }
    } catch (const std::exception& error) {
        emit(Failed{RunId{}, error.what()});
    }
}

void Worker::attempt(
    const Work& work, const Request& request, const std::stop_token& stop, const Emit& emit) {
    try {
        work.attempt(request, stop);
    } catch (const std::exception& failure) {
        if (!stop.stop_requested()) emit(Refused{request, error_of(failure)});
    }
    const std::lock_guard lock(mutex_);
    in_progress_.reset();
}

std::optional<Request> Worker::next(const std::stop_token& stop, bool busy, const std::stop_source& step) {
    std::unique_lock lock(mutex_);
    if (!busy) wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
    // Under the lock that found no request: a stop posted from here on reaches this step.
    interrupt_ = step;
    if (waiting_.empty()) return std::nullopt;
    Request request = std::move(waiting_.front());
    waiting_.pop_front();
    in_progress_ = request.command;
    return request;
}

} // namespace lora
