#pragma once
// What the scripted engine does and what it saw.

#include "engine/worker/messages.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

/// What the script does, and what it saw. Shared with the test; functions and counters are safe to use while
/// it runs.
struct FakeScript {
    /// Every command of this type is refused from now on.
    template <class C>
    void refuse(const std::string& why) {
        const std::lock_guard lock(mutex_);
        refusals_[Command(C{}).index()] = why;
    }
    template <class C>
    void allow() {
        const std::lock_guard lock(mutex_);
        refusals_.erase(Command(C{}).index());
    }
    /// Every command of this type is answered late from now on: once release() is called, or never where it
    /// is cancelled before.
    template <class C>
    void hold() {
        const std::lock_guard lock(mutex_);
        held_.insert(Command(C{}).index());
    }
    void release();
    /// All commands that were attempted, in order.
    std::vector<Command> attempted() const;
    /// Those of them that were neither refused nor cancelled.
    std::vector<Command> answered() const;
    /// Notes the command, waits where it is held, and throws where it is refused or cancelled.
    void attempt(const Command& command, const std::stop_token& stop);

    std::int64_t total_steps = 40;
    int step_wait_ms = 0;          ///< to look at a run by eye
    std::string refuse_model;      ///< if not empty, LoadModel is refused with it
    std::string refuse_data;       ///< a dataset of this path is refused
    std::int64_t fail_at_step = 0; ///< above 0: the run fails there
    std::int64_t pause_at_step = 0;
    std::int64_t alarm_at_step = 0; ///< above 0: an alarm for the first target there
    std::int64_t cut = 0;
    bool same_start = false;              ///< a compared adapter began as the same random numbers
    std::atomic<bool> answers_end = true; ///< of generations and comparisons; else they begin and go on
    std::atomic<int> starts = 0;
    std::atomic<MethodKind> method = MethodKind::Lora; ///< of the run started last
    std::atomic<int> stops = 0;
    std::atomic<int> loads = 0;
    std::atomic<int> truncated_targets = 0; ///< of the last smaller adapter that was saved
    std::atomic<int> truncated_rank = 0;    ///< of its first target

private:
    mutable std::mutex mutex_;
    std::condition_variable_any released_;
    std::map<std::size_t, std::string> refusals_; ///< by the command's index
    std::set<std::size_t> held_;
    std::vector<Command> attempted_;
    std::vector<Command> answered_;
};

/// What is asked for, and which rows it is measured on, as the engine chooses them; no points yet.
RankAdvice unmeasuredAdvice(const AdviseRank& advise);

} // namespace lora
