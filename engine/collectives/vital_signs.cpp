#include "engine/collectives/vital_signs.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

namespace lora {

namespace {

using std::chrono::seconds;

constexpr const char* over = "over";
constexpr const char* suspicion = "suspicion";

std::chrono::milliseconds turn_of(std::chrono::milliseconds bound) {
    return std::clamp<std::chrono::milliseconds>(bound / 20, std::chrono::milliseconds(50), seconds(1));
}

std::string in_seconds(std::chrono::milliseconds time) {
    const std::int64_t tenths = time / std::chrono::milliseconds(100);
    return std::to_string(tenths / 10) + (tenths % 10 ? "." + std::to_string(tenths % 10) : "") + " s";
}

} // namespace

std::string sign_of_life(int rank) { return "alive/" + std::to_string(rank); }

VitalSigns::VitalSigns(
    Meeting meeting, int rank, std::vector<std::string> names, std::chrono::milliseconds bound)
    : meeting_(std::move(meeting)), rank_(rank), names_(std::move(names)), turn_(turn_of(bound)),
      turns_a_bound_(std::max<Count>(2, bound / turn_)) {
    for (std::size_t other = rank == 0 ? 1 : 0; other < (rank == 0 ? names_.size() : 1); ++other)
        watched_.push_back(other);
    last_heard_.resize(watched_.size());
    silent_for_.resize(watched_.size());
    thread_ = std::jthread([this](const std::stop_token& stop) { live(stop); });
}

VitalSigns::~VitalSigns() = default;

std::optional<std::string> VitalSigns::verdict() const {
    const std::lock_guard lock(mutex_);
    return verdict_;
}

void VitalSigns::judge(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (!verdict_) verdict_ = why;
}

void VitalSigns::live(const std::stop_token& stop) {
    std::mutex asleep;
    std::condition_variable_any wake;
    while (!stop.stop_requested() && !verdict()) {
        try {
            take_turn();
            ++turns_;
        } catch (const std::exception& failure) {
            judge(std::string(failure.what()) + "; " + names_.front() + " or what started the ranks is gone");
        }
        std::unique_lock lock(asleep);
        wake.wait_for(lock, stop, turn_, [] { return false; });
    }
}

void VitalSigns::take_turn() {
    std::optional<std::string> last_words;
    {
        const std::lock_guard lock(mutex_);
        last_words = std::exchange(last_words_, std::nullopt);
    }
    if (last_words) say_over(meeting_, *last_words);
    if (meeting_.was_said(over)) return judge(meeting_.hear({over}).front());
    meeting_.say(sign_of_life(rank_), std::to_string(turns_ + 1));
    if (suspected_) meeting_.say(suspicion, "");
    count_silence();
}

// In turns of this rank's own: one that was stopped itself, or slept, takes nobody else for dead.
void VitalSigns::count_silence() {
    constexpr std::chrono::milliseconds soon = seconds(5);
    const bool is_suspected = meeting_.was_said(suspicion);
    const Count most =
        is_suspected ? std::min<Count>(turns_a_bound_, std::max<Count>(4, soon / turn_)) : turns_a_bound_;
    std::vector<std::string> keys;
    for (const std::size_t rank : watched_) keys.push_back(sign_of_life(static_cast<int>(rank)));
    const std::vector<std::string> heard = meeting_.hear(keys);
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        silent_for_[i] = heard[i] == last_heard_[i] ? silent_for_[i] + 1 : 0;
        last_heard_[i] = heard[i];
        if (silent_for_[i] > most)
            return say_over(meeting_,
                names_[watched_[i]] + " has given no sign of life for " + in_seconds(silent_for_[i] * turn_));
    }
}

void VitalSigns::leave(const std::string& why) noexcept {
    try {
        {
            const std::lock_guard lock(mutex_);
            if (verdict_) return; // the others know
            last_words_ = why;
        }
        for (int i = 0; i < 40 && !verdict(); ++i) std::this_thread::sleep_for(turn_ / 10);
    } catch (const std::exception&) {
        return; // then the others find it silent
    }
}

} // namespace lora
