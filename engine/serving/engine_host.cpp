#include "engine/serving/engine_host.h"

#include "engine/error.h"
#include "engine/machine/host_name.h"
#include "engine/serving/folder_listing.h"
#include "engine/serving/meeting_folder.h"
#include "engine/serving/standing.h"
#include "engine/serving/window_connection.h"
#include "engine/serving/work_bell.h"

#include <list>
#include <memory>
#include <random>
#include <utility>
#include <variant>
#include <vector>

#include <poll.h>
#include <unistd.h>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int a_moment_ms = 200;
constexpr std::size_t most_windows = 8; ///< one is served, the others are being turned away

std::string new_name() {
    std::random_device random;
    std::string name;
    for (int i = 0; i < 4; ++i) name += (i > 0 ? "-" : "") + std::to_string(random());
    return name;
}

class EngineHost {
public:
    EngineHost(HostedEngine engine, const std::string& path)
        : engine_(std::move(engine)), path_(path), listener_(listen_at(path)),
          worker_([make_work = engine_.make_work, bell = bell_](
                      Emit emit) { return with_bell(make_work, std::move(emit), bell); }) {}

    void serve(const std::function<bool()>& is_told_to_end) {
        while (!is_over(is_told_to_end())) {
            wait();
            if (auto socket = accept_own_user(listener_))
                if (windows_.size() < most_windows) windows_.emplace_back(std::move(*socket));
            take_events();
            for (auto each = windows_.begin(); each != windows_.end();)
                if (serve(*each))
                    ++each;
                else
                    each = forget(each);
        }
        // Who comes now starts the next one, which begins when this one has let go of all.
        unlink(path_.c_str());
        take_events();
        for (WindowConnection& each : windows_) each.send(events_);
    }

private:
    using Windows = std::list<WindowConnection>;

    bool is_over(bool told) {
        if (told && standing_.is_active() && !stopping_) {
            stopping_ = true;
            worker_.post(StopRun{});
        }
        if (served_ != nullptr) left_at_ = Clock::now();
        if (standing_.is_active()) return false;
        return told || left_for_good_ || Clock::now() > left_at_ + engine_.patience;
    }

    void wait() {
        std::vector<pollfd> watched{{listener_.number(), POLLIN, 0}, {bell_->wake.descriptor(), POLLIN, 0}};
        for (const WindowConnection& each : windows_) {
            const int events = each.has_more(events_) ? POLLIN | POLLOUT : POLLIN;
            watched.push_back({each.socket(), static_cast<short>(events), 0});
        }
        poll(watched.data(), watched.size(), a_moment_ms);
        bell_->wake.quiet();
    }

    void take_events() {
        const std::int64_t attempted = bell_->attempted; // first: what came of it is among the events then
        for (const Event& event : worker_.drain()) {
            standing_.take(event);
            events_.add(event);
        }
        if (served_ != nullptr) served_->tell_attempted({attempted});
    }

    Windows::iterator forget(Windows::iterator each) {
        if (served_ == &*each) served_ = nullptr;
        return windows_.erase(each);
    }

    /// False where the window is gone.
    bool serve(WindowConnection& window) {
        bool is_there = true;
        try {
            is_there = window.hear();
            while (!window.is_ending()) {
                const auto message = window.next();
                if (!message) break;
                std::visit([&](const auto& each) { take(window, each); }, *message);
            }
        } catch (const Error& error) {
            turn_away(window, {error.what()});
        }
        return window.send(events_) && is_there;
    }

    void turn_away(WindowConnection& window, const TurnedAway& words) {
        if (served_ == &window) served_ = nullptr;
        window.say(words);
        window.end();
    }

    void take(WindowConnection& window, const Hello& hello) {
        if (const std::string why = why_not_served(hello); !why.empty()) return turn_away(window, {why});
        if (served_ != nullptr && served_ != &window) {
            const bool is_same = served_->window == hello.window;
            if (!is_same && !hello.take_over)
                return turn_away(window, {"another window is connected to this engine", /*occupied=*/true});
            turn_away(*served_, {"another window took this engine over", /*occupied=*/true});
        }
        left_for_good_ = false;
        served_ = &window;
        window.window = hello.window;
        const bool is_missing_none = hello.engine == name_ && events_.has_from(hello.next_event);
        window.say(Welcome{.engine = name_,
            .machine = host_name(),
            .process = getpid(),
            .posted = posted_,
            .next_event = is_missing_none ? hello.next_event : events_.next(),
            .missed = !is_missing_none,
            .devices = engine_.devices,
            .models = engine_.models,
            .runs = engine_.runs});
        if (!is_missing_none)
            for (const Event& event : standing_.events()) window.say(told_frame(0, event));
        window.follow_from(is_missing_none ? hello.next_event : events_.next());
    }

    void take(WindowConnection& window, const Posted& posted) {
        need_welcomed(window);
        if (posted.id.value != posted_.value + 1)
            fail("the window's command", "number " + std::to_string(posted.id.value),
                std::to_string(posted_.value + 1));
        posted_ = worker_.post(posted.command);
    }

    void take(WindowConnection& window, const ListFolder& question) const {
        need_welcomed(window);
        window.say(list_folder(question));
    }

    void take(WindowConnection& window, const Goodbye&) {
        need_welcomed(window);
        left_for_good_ = true;
        served_ = nullptr;
        window.end();
    }

    void need_welcomed(const WindowConnection& window) const {
        if (served_ != &window) throw Error("the window has not said who it is");
    }

    HostedEngine engine_;
    std::string path_;
    Descriptor listener_;
    std::string name_ = new_name();
    std::shared_ptr<WorkBell> bell_ = std::make_shared<WorkBell>();
    Standing standing_;
    KeptEvents events_;
    Windows windows_;
    WindowConnection* served_ = nullptr; ///< one of them
    RequestId posted_;
    Clock::time_point left_at_ = Clock::now();
    bool left_for_good_ = false; ///< a window said that nobody comes again
    bool stopping_ = false;
    Worker worker_; ///< last: its thread rings the bell
};

} // namespace

bool host_engine(
    HostedEngine engine, const std::string& folder, const std::function<bool()>& is_told_to_end) {
    const auto lock = hold_engine_lock(folder);
    if (!lock) return false;
    EngineHost(std::move(engine), socket_path(folder)).serve(is_told_to_end);
    return true;
}

} // namespace lora
