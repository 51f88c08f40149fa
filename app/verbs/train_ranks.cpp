#include "app/verbs/train_ranks.h"

#include "app/output.h"
#include "engine/collectives/joined_group.h"
#include "engine/collectives/meeting.h"
#include "engine/devices/devices.h"
#include "engine/ranks/environment.h"
#include "engine/ranks/rank_processes.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <vector>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* loopback = "127.0.0.1";

/// The words after the program's name, as this process was started with them, but for --ranks.
std::vector<std::string> words_of_a_rank() {
    std::ifstream started_with("/proc/self/cmdline");
    std::vector<std::string> words;
    std::string word;
    std::getline(started_with, word, '\0'); // the name
    bool is_count = false;
    while (std::getline(started_with, word, '\0')) {
        const bool is_option = !is_count && word == "--ranks";
        if (!is_count && !is_option && !word.starts_with("--ranks=")) words.push_back(word);
        is_count = is_option;
    }
    return words;
}

/// What torchrun would tell each rank.
std::vector<RankProcesses::Variables> variables_of_ranks(int count, const MeetingPlace& place) {
    std::vector<RankProcesses::Variables> all;
    for (int rank = 0; rank < count; ++rank)
        all.push_back({{"RANK", std::to_string(rank)}, {"LOCAL_RANK", std::to_string(rank)},
            {"WORLD_SIZE", std::to_string(count)}, {"MASTER_ADDR", place.host},
            {"MASTER_PORT", std::to_string(place.port)}, {"TORCHELASTIC_USE_AGENT_STORE", "True"},
            {"TORCHELASTIC_RESTART_COUNT", place.attempt}});
    return all;
}

/// Whether it ended neither well nor by a stop that it was told.
bool is_failure(const RankEnd& end) {
    constexpr int stops[] = {exit_done, 128 + SIGHUP, exit_interrupt, 128 + SIGPIPE, exit_terminate};
    return end.signal != 0 || std::find(std::begin(stops), std::end(stops), end.code) == std::end(stops);
}

/// Ranks on their way, and what is done about one that fails: the others are told, get time to end and to
/// save, and are ended then.
class WatchedRanks {
public:
    WatchedRanks(int count, milliseconds silence)
        : silence_(silence),
          meeting_(Meeting::hold({loopback, 0, "0"}, 5 * silence, /*for_other_machines=*/false)),
          ranks_(words_of_a_rank(), variables_of_ranks(count, meeting_.place())) {}

    int watch() {
        constexpr milliseconds a_moment(100);
        int passed_on = 0;
        while (ranks_.left() > 0) {
            for (const RankEnd& end : ranks_.wait(a_moment)) note(end);
            if (const int signal = signal_received(); signal != passed_on) ranks_.send(passed_on = signal);
            if (failed_ && Clock::now() > failed_at_ + silence_) ranks_.send(SIGKILL, /*from=*/1);
            if (failed_ && Clock::now() > failed_at_ + 5 * silence_) ranks_.send(SIGKILL);
        }
        if (!failed_) return leader_.code;
        if (!leader_told()) throw Error(words_of_failure() + last_words());
        return failed_->signal != 0 ? exit_fault : failed_->code;
    }

private:
    void note(const RankEnd& end) {
        if (end.rank == 0) leader_ = end;
        if (failed_ || !is_failure(end)) return;
        failed_ = end;
        failed_at_ = Clock::now();
        say_over(meeting_, words_of_failure());
    }

    std::string words_of_failure() const { return words_of(*failed_); }

    std::string last_words() const {
        std::string words = failed_->last_words;
        while (words.ends_with('\n')) words.pop_back();
        return words.empty() ? "" : "; its last words: " + words;
    }

    /// Whether rank 0, whose words people have read, said what went wrong.
    bool leader_told() const {
        return leader_.signal == 0 && leader_.code != 0
               && (failed_->signal == 0 || leader_.last_words.find(words_of_failure()) != std::string::npos);
    }

    milliseconds silence_;
    Meeting meeting_;
    RankProcesses ranks_;
    RankEnd leader_;
    std::optional<RankEnd> failed_; ///< the first that did
    Clock::time_point failed_at_;
};

} // namespace

int train_with_ranks(int count, milliseconds silence) {
    const Environment environment = own_environment();
    for (const char* name : {"RANK", "WORLD_SIZE"})
        if (environment(name))
            fail("--ranks", std::string(name) + " in the environment",
                "a process that nobody started as a rank",
                "torchrun has started the ranks already: leave --ranks out");
    watch_signals();
    return WatchedRanks(count, silence).watch();
}

std::shared_ptr<RankGroup> ranks_of_environment(milliseconds silence) {
    const auto place = place_in(own_environment());
    return place ? join_group(*place, silence) : lone_rank();
}

int threads_of_rank(const RankGroup& ranks, int wanted) {
    if (wanted > 0 || ranks.local_size() == 1) return wanted;
    return std::max(1, find_devices().cores / ranks.local_size());
}

std::string device_of_rank(const RankGroup& ranks, const std::string& wish) {
    if (ranks.is_alone() || (wish != "auto" && wish != "cuda")) return wish;
    const auto gpus = static_cast<int>(find_devices().found.size()) - 1;
    if (gpus == 0) return wish;
    if (gpus == 1) return "cuda:0"; // the only one here, or the only one that this rank is shown
    if (ranks.local_rank() >= gpus)
        fail("the ranks on this machine", std::to_string(ranks.local_size()),
            "no more than its GPUs, " + std::to_string(gpus), "or give --device cpu");
    return "cuda:" + std::to_string(ranks.local_rank());
}

} // namespace lora
