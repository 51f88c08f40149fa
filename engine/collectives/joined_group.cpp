#include "engine/collectives/joined_group.h"

#include "engine/collectives/backend.h"
#include "engine/collectives/meeting.h"
#include "engine/collectives/vital_signs.h"
#include "engine/files/json.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <unistd.h>

namespace lora {

namespace {

using std::chrono::milliseconds;

/// Who a rank is, as it tells the others.
struct Introduction {
    std::string machine; ///< one word for each machine since it was started
    std::string host;
    std::int64_t process = 0;
};

Introduction own_introduction() {
    constexpr std::size_t longest = 256;
    std::array<char, longest> host{};
    gethostname(host.data(), host.size() - 1);
    std::string machine;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> machine;
    return {machine, host.data(), getpid()};
}

std::string words_of(const Introduction& who) {
    return Json{{"machine", who.machine}, {"host", who.host}, {"process", who.process}}.dump();
}

Introduction introduction(const std::string& words) {
    constexpr std::int64_t most = 1'000'000'000;
    const Json object = parse_json(words, "what a rank says of itself");
    const JsonFields fields(object, "what a rank says of itself");
    return {fields.string("machine"), shown(fields.string("host")), fields.integer("process", 0, most)};
}

std::string name_of(std::size_t rank, const Introduction& who) {
    return "rank " + std::to_string(rank) + " (process " + std::to_string(who.process) + " on " + who.host
           + ")";
}

std::string key_of(int rank) { return "here/" + std::to_string(rank); }

[[noreturn]] void fail_for_missing(const Meeting& meeting, const RankPlace& place, milliseconds patience) {
    std::string missing;
    int count = 0;
    for (int rank = 0; rank < place.size; ++rank) {
        if (meeting.was_said(key_of(rank))) continue;
        constexpr int most = 16;
        if (++count <= most) missing += (count > 1 ? ", " : "") + std::to_string(rank);
    }
    fail("the ranks of this run",
        std::to_string(place.size - count) + " within "
            + std::to_string(std::chrono::ceil<std::chrono::seconds>(patience).count()) + " s",
        std::to_string(place.size) + "; missing: " + missing,
        "start all of them: torchrun and srun do, and so does --ranks on one machine");
}

/// All ranks' words about themselves, once all have come.
std::vector<Introduction> introduce(const Meeting& meeting, const RankPlace& place, milliseconds patience) {
    std::vector<std::string> keys;
    for (int rank = 0; rank < place.size; ++rank) keys.push_back(key_of(rank));
    meeting.say(sign_of_life(place.rank), "0");
    meeting.say(key_of(place.rank), words_of(own_introduction()));
    if (!meeting.wait_for(keys, patience)) fail_for_missing(meeting, place, patience);
    std::vector<Introduction> all;
    for (const std::string& words : meeting.hear(keys)) all.push_back(introduction(words));
    return all;
}

Meeting come_together(const RankPlace& place, milliseconds patience) {
    MeetingPlace at{place.host, place.port, place.attempt};
    if (place.rank > 0 || !place.leader_hosts) return Meeting::join(std::move(at), patience);
    const bool others_elsewhere = !place.one_machine && place.host != "localhost"
                                  && !place.host.starts_with("127.") && place.host != "::1";
    return Meeting::hold(std::move(at), patience, others_elsewhere);
}

class JoinedGroup final : public RankGroup {
public:
    JoinedGroup(const RankPlace& place, milliseconds silence)
        : RankGroup(place.rank, place.size), silence_(silence), patience_(5 * silence),
          meeting_(come_together(place, patience_)) {
        const std::vector<Introduction> all = introduce(meeting_, place, patience_);
        std::vector<std::string> names;
        for (std::size_t rank = 0; rank < all.size(); ++rank) names.push_back(name_of(rank, all[rank]));
        const auto own = static_cast<std::size_t>(place.rank);
        name_ = names[own];
        local_size_ = 0;
        for (std::size_t rank = 0; rank < all.size(); ++rank) {
            if (all[rank].machine != all[own].machine) continue;
            if (rank < own) ++local_rank_;
            ++local_size_;
        }
        if (place.local_rank) local_rank_ = *place.local_rank;
        signs_ = std::make_unique<VitalSigns>(
            Meeting::join(meeting_.place(), patience_), place.rank, std::move(names), silence);
        try {
            backend_ = join_gloo(meeting_, place.rank, place.size, patience_);
        } catch (const std::exception& failure) {
            end_broken(failure);
        }
    }

    // Threads that wait for a rank or a meeting that is gone are left to end with the process.
    ~JoinedGroup() override {
        if (!is_lost_) return;
        backend_->abandon();
        (void)signs_.release();
    }

    void sum(at::Tensor& values) override {
        at::Tensor there = values.cpu();
        try {
            backend_->begin_sum(there);
            wait();
        } catch (const RankLost&) {
            throw;
        } catch (const std::exception& failure) {
            end_broken(failure);
        }
        if (!there.is_same(values)) values.copy_(there);
    }

    void leave(const std::string& why) noexcept override {
        if (!is_lost_) signs_->leave(name_ + " ended: " + why);
    }

private:
    // Time in which this process itself did not run is no silence of others: each look counts little.
    void wait() {
        using Clock = std::chrono::steady_clock;
        constexpr std::chrono::microseconds between_looks(50);
        constexpr milliseconds longest_look(100);
        Clock::duration silence{};
        std::int64_t turns = signs_->turns();
        for (auto before = Clock::now(); !backend_->is_over(); std::this_thread::sleep_for(between_looks)) {
            const auto now = Clock::now();
            silence += std::min<Clock::duration>(now - before, longest_look);
            before = now;
            if (const std::int64_t heard = signs_->turns(); heard != turns) {
                turns = heard;
                silence = {};
            }
            if (const auto why = signs_->verdict()) end(*why);
            if (silence > silence_ + longest_look)
                end("the meeting at " + shown(meeting_.place().host) + " gives no answer any more");
        }
    }

    [[noreturn]] void end(const std::string& why) {
        is_lost_ = true;
        throw RankLost(why);
    }

    // A connection that broke says less than the others' words about who is gone: those are waited for.
    [[noreturn]] void end_broken(const std::exception& failure) {
        signs_->suspect();
        constexpr milliseconds between_looks(20);
        for (milliseconds waited{}; !signs_->verdict() && waited < 2 * silence_; waited += between_looks)
            std::this_thread::sleep_for(between_looks);
        const std::string words = failure.what();
        end(signs_->verdict().value_or(
            "the connection between the ranks broke: " + shown(words.substr(0, words.find('\n')))));
    }

    milliseconds silence_, patience_;
    Meeting meeting_;
    std::unique_ptr<VitalSigns> signs_;
    std::unique_ptr<Backend> backend_;
    bool is_lost_ = false;
};

} // namespace

std::unique_ptr<RankGroup> join_group(const RankPlace& place, milliseconds silence) {
    return std::make_unique<JoinedGroup>(place, silence);
}

} // namespace lora
