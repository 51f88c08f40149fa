#pragma once
// The ranks of one machine as processes of this program: started, listened to, ended together.

#include "engine/files/descriptor.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace lora {

/// How a rank's process ended.
struct RankEnd {
    int rank = 0;
    pid_t process = 0;
    int code = 0;             ///< its exit code; 128 + signal where a signal ended it
    int signal = 0;           ///< 0: it ended by itself
    std::string last_words{}; ///< the end of what it wrote to standard error, at most some thousand bytes
};

/// "rank 1 (process 4711) was killed by signal 9 (Killed)"
std::string words_of(const RankEnd& end);

class RankProcesses {
public:
    using Variables = std::map<std::string, std::string>;

    /// Starts this program's file with `words` (without the program's own name), once for each rank, its
    /// `variables` added to the environment. Rank 0 speaks for all: its standard output is this process's,
    /// its standard error is passed on; of the others standard error is kept for their last words. Where this
    /// process dies, they get SIGPIPE. Throws Error.
    RankProcesses(const std::vector<std::string>& words, const std::vector<Variables>& variables);
    RankProcesses(const RankProcesses&) = delete;
    RankProcesses& operator=(const RankProcesses&) = delete;
    /// Kills those that are left.
    ~RankProcesses();

    /// Waits until one of them speaks or ends, at most this long; gives those that ended.
    std::vector<RankEnd> wait(std::chrono::milliseconds at_most);
    /// Sends a signal to those that are left, from this rank on.
    void send(int signal, std::size_t from = 0) const;
    /// How many have not ended yet.
    std::size_t left() const;

private:
    struct Process {
        pid_t id;
        Descriptor errors; ///< where its standard error is read
        bool ended = false;
        std::string last_words = {};
    };

    void start(const std::vector<std::string>& words, const Variables& variables, bool leads);
    bool hear(std::size_t rank);

    std::vector<Process> processes_;
};

} // namespace lora
