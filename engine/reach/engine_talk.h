#pragma once
// The window's side of the talk with an engine elsewhere, whatever carries its bytes: what is said and taken
// in which order, and what is said again after a cut or told where the engine has ended.
// Safe from any thread.

#include "engine/door/frames.h"
#include "engine/files/wake_up.h"
#include "engine/reach/followed_engine.h"
#include "engine/reach/remote_engine.h"
#include "engine/reach/unanswered.h"

#include <mutex>
#include <optional>
#include <string_view>

namespace lora {

class EngineTalk {
public:
    explicit EngineTalk(std::string engine);

    // The window.
    RequestId post(Command command);
    std::vector<Event> drain();
    std::vector<EngineNews> news();
    std::int64_t list_folder(const std::string& path);
    void hurry(bool take_over);

    // Who carries the bytes.
    const WakeUp& wake() const { return wake_; } ///< rung when there is something to send, or a hurry
    /// Whether a connection is to be tried without a person's word.
    bool wants_connection() const;
    bool take_hurry();
    /// A new connection begins.
    void begin();
    void say_hello();
    /// Bytes as they come. Throws Error for what no engine says.
    void take(std::string_view bytes);
    std::string outgoing();
    bool is_over() const;       ///< the engine turned this window away
    bool was_connected() const; ///< the engine welcomed it, on this connection
    /// The connection ended. `is_final`: what came was no engine's.
    void end(const std::string& why, bool is_final);
    std::string goodbye();

private:
    void hear(const Welcome& welcome);
    void hear(const TurnedAway& words);
    void hear(Told told);
    void hear(const Attempted& attempted);
    void hear(FolderListed listed);
    void deliver(Event event);
    void lose_engine();
    void send(const Request& request);
    void say(const WindowMessage& message);
    void become(ConnectionChanged now);

    std::string name_;
    std::string window_; ///< known by it after a cut
    WakeUp wake_;
    mutable std::mutex mutex_; ///< of all that follows
    std::optional<FrameReader> reader_;
    std::string outgoing_;
    std::vector<Event> events_;
    std::vector<EngineNews> news_;
    Unanswered unanswered_;
    RequestId posted_;
    std::int64_t behind_engine_ = 0; ///< a command's number here less that at the engine
    std::int64_t questions_ = 0;
    std::string engine_; ///< the one that welcomed last
    std::uint64_t next_event_ = 1;
    ConnectionChanged now_;
    bool welcomed_ = false, over_ = false, hurry_ = false, take_over_ = false;
    std::string last_words_; ///< how the last connection ended
    FollowedEngine followed_;
};

} // namespace lora
