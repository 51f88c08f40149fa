#pragma once
// The thread that owns every tensor. Two calls cross it, safe from any thread and never waiting for work.
// Knows no torch.

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
    /// Carries out a command. What it throws becomes Refused. The token fires when the worker is closed.
    std::function<void(const Command&, std::stop_token)> attempt;
    /// Whether advance() has something to do.
    std::function<bool()> busy;
    /// One step of what is under way. It catches its own failures; what it throws nevertheless becomes
    /// Failed and ends the work. The token fires for a StopRun, a StopGeneration, a StopAnalysis, and when
    /// the worker is closed.
    std::function<void(std::stop_token)> advance;
};

/// Takes a command if there is one, else advances the work if it is busy, else waits.
/// Destroying it asks for a stop and joins; the work is destroyed on its own thread.
class Worker {
public:
    explicit Worker(std::function<Work(Emit)> make_work);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    /// A StopRun, StopGeneration or StopAnalysis also interrupts the step in progress.
    void post(Command command);
    /// All events since the last call, in order.
    std::vector<Event> drain();

private:
    void work(const std::stop_token& stop, const std::function<Work(Emit)>& make_work);
    /// The first command, waited for unless `busy`; none if it is the step's turn or the thread has to end.
    /// From here on post() interrupts `step`.
    std::optional<Command> next(const std::stop_token& stop, bool busy, const std::stop_source& step);

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Command> commands_;
    std::vector<Event> events_;
    std::stop_source interrupt_; ///< of the step in progress
    std::jthread thread_;        ///< last: joins before what it uses goes
};

} // namespace lora
