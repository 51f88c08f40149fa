#include "engine/reach/remote_engine.h"

#include "engine/error.h"
#include "engine/reach/engine_talk.h"
#include "engine/reach/piped_process.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <poll.h>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds first_pause(250), longest_pause(30'000);
constexpr auto time_to_leave = std::chrono::seconds(2);
constexpr int turn_ms = 500;

} // namespace

/// The thread's side: a process while there is one, and when the next is tried.
class RemoteEngine::Connection {
public:
    explicit Connection(EnginePlace place)
        : place_(std::move(place)), talk_(place_.name),
          thread_([this](const std::stop_token& stop) { work(stop); }) {}

    const EnginePlace& place() const { return place_; }
    EngineTalk& talk() { return talk_; }
    void leave() {
        thread_.request_stop();
        talk_.wake().ring();
    }

private:
    void work(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (!process_ && Clock::now() >= next_try_ && talk_.wants_connection()) connect();
            wait(turn_ms);
            if (talk_.take_hurry()) next_try_ = Clock::now();
            if (process_) exchange();
        }
        say_goodbye();
    }

    void connect() {
        talk_.begin();
        try {
            process_.emplace(place_.words);
            talk_.say_hello();
        } catch (const Error& error) {
            talk_.end(error.what(), /*is_final=*/true);
        }
    }

    void wait(int at_most_ms) {
        std::array<pollfd, 4> watched{
            {{talk_.wake().descriptor(), POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLOUT, 0}}};
        if (process_) {
            watched[1].fd = process_->output();
            if (errors_open_) watched[2].fd = process_->errors();
            if (!outgoing_.empty()) watched[3].fd = process_->input();
        }
        poll(watched.data(), watched.size(), at_most_ms);
        talk_.wake().quiet();
    }

    /// One turn of reading and sending; where the connection ends, it says how.
    void exchange() {
        std::string heard;
        const bool is_open = process_->hear(heard);
        errors_open_ = errors_open_ && process_->hear_errors();
        std::string fault;
        try {
            talk_.take(heard);
        } catch (const Error& error) {
            fault = error.what();
        }
        outgoing_ += talk_.outgoing();
        const bool is_taken = process_->send(outgoing_);
        if (is_open && is_taken && fault.empty() && !talk_.is_over()) return;
        end_connection(fault);
    }

    void end_connection(const std::string& fault) {
        const std::string words = process_->last_words();
        process_.reset();
        outgoing_.clear();
        errors_open_ = true;
        pause_ = talk_.was_connected() ? first_pause : std::min(2 * pause_, longest_pause);
        next_try_ = Clock::now() + pause_;
        talk_.end(fault.empty() ? words : fault, /*is_final=*/!fault.empty());
    }

    void say_goodbye() {
        if (!process_ || !talk_.was_connected()) return;
        outgoing_ += talk_.goodbye();
        const auto late = Clock::now() + time_to_leave;
        std::string heard; // of no interest any more
        while (process_->send(outgoing_) && process_->hear(heard) && Clock::now() < late) {
            wait(20);
            heard.clear();
        }
    }

    EnginePlace place_;
    EngineTalk talk_;
    std::optional<PipedProcess> process_;
    std::string outgoing_;
    bool errors_open_ = true;
    milliseconds pause_ = first_pause;
    Clock::time_point next_try_ = Clock::now();
    std::jthread thread_; ///< last: it ends before what it uses goes
};

RemoteEngine::RemoteEngine(EnginePlace place) : connection_(std::make_unique<Connection>(std::move(place))) {}
RemoteEngine::~RemoteEngine() { connection_->leave(); }

const EnginePlace& RemoteEngine::place() const { return connection_->place(); }
RequestId RemoteEngine::post(Command command) { return connection_->talk().post(std::move(command)); }
std::vector<Event> RemoteEngine::drain() { return connection_->talk().drain(); }
std::vector<EngineNews> RemoteEngine::news() { return connection_->talk().news(); }
std::int64_t RemoteEngine::list_folder(const std::string& path) {
    return connection_->talk().list_folder(path);
}
void RemoteEngine::try_again() { connection_->talk().hurry(/*take_over=*/false); }
void RemoteEngine::take_over() { connection_->talk().hurry(/*take_over=*/true); }

} // namespace lora
