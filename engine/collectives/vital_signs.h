#pragma once
// Whether all ranks live. Each rank says so at the meeting again and again; rank 0 counts how often another
// one has not, and all count it of rank 0. A thread of its own does this, so that a rank may compute for
// hours between two words with the others.

#include "engine/collectives/meeting.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lora {

class VitalSigns {
public:
    /// `names`: of all ranks. `bound`: how long a rank may be silent. Every rank's connection is its own.
    VitalSigns(Meeting meeting, int rank, std::vector<std::string> names, std::chrono::milliseconds bound);
    VitalSigns(const VitalSigns&) = delete;
    VitalSigns& operator=(const VitalSigns&) = delete;
    ~VitalSigns();

    /// Why the ranks cannot go on; none while all live.
    std::optional<std::string> verdict() const;
    /// How often the meeting has answered: a number that stands still tells that it does not.
    std::int64_t turns() const { return turns_; }
    /// Something broke between the ranks: from now on a silent one is found sooner.
    void suspect() { suspected_ = true; }
    /// Says why this rank ends, as soon as the meeting listens; waits a moment for it.
    void leave(const std::string& why) noexcept;

private:
    using Count = std::int64_t;
    void live(const std::stop_token& stop);
    void take_turn();
    void count_silence();
    void judge(const std::string& why);

    Meeting meeting_;
    int rank_;
    std::vector<std::string> names_;
    std::chrono::milliseconds turn_;
    Count turns_a_bound_;
    std::vector<std::size_t> watched_;    ///< ranks
    std::vector<std::string> last_heard_; ///< of each watched rank
    std::vector<Count> silent_for_;       ///< turns, of each watched rank
    std::atomic<Count> turns_ = 0;
    std::atomic<bool> suspected_ = false;
    mutable std::mutex mutex_; ///< for what follows
    std::optional<std::string> verdict_;
    std::optional<std::string> last_words_; ///< this rank's, not said yet
    std::jthread thread_;
};

/// Under which key a rank says that it lives.
std::string sign_of_life(int rank);

} // namespace lora
