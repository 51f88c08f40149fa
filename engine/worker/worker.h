#pragma once
// The thread that owns every tensor. Two calls cross it, safe from any thread and never waiting for work.

#include "engine/worker/messages.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace lora {

using Emit = std::function<void(Event)>;

/// What a worker works on, stepwise: made, used and destroyed on its thread.
struct Work {
    /// Carries out a request. What it throws becomes Refused. The token fires when the request is superseded
    /// and when the worker is closed; what is thrown then is of no interest to anybody.
    std::function<void(const Request&, std::stop_token)> attempt;
    /// Whether advance() has something to do.
    std::function<bool()> busy;
    /// One step of what is under way. It catches its own failures; what it throws nevertheless becomes
    /// Failed and ends the work. The token fires for a StopRun, a StopGeneration, a StopAnalysis, and when
    /// the worker is closed.
    std::function<void(std::stop_token)> advance;
};

/// Takes a request if there is one, else advances the work if it is busy, else waits.
/// Destroying it asks for a stop and joins; the work is destroyed on its own thread.
class Worker {
public:
    explicit Worker(std::function<Work(Emit)> make_work);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// What it supersedes is dropped where it waits and cancelled where it is in progress, unless a command
    /// that may rely on it was posted in between. A StopRun, StopGeneration or StopAnalysis also interrupts
    /// the step in progress.
    RequestId post(Command command);
    /// All events since the last call, in order.
    std::vector<Event> drain();

private:
    void work(const std::stop_token& stop, const std::function<Work(Emit)>& make_work);
    /// The first request, waited for unless `busy`; none if it is the step's turn or the thread has to end.
    /// From here on post() interrupts `step`, or cancels the request by it.
    std::optional<Request> next(const std::stop_token& stop, bool busy, const std::stop_source& step);
    void attempt(const Work& work, const Request& request, const std::stop_token& stop, const Emit& emit);
    void drop_superseded(const Command& newer);

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::int64_t posted_ = 0; ///< requests so far
    std::deque<Request> waiting_;
    std::optional<Command> in_progress_; ///< what is being attempted
    std::vector<Event> events_;
    std::stop_source interrupt_; ///< of the step or request in progress
    std::jthread thread_;        ///< last: joins before what it uses goes
};

} // namespace lora
