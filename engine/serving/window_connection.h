#pragma once
// One window at the engine's socket: its messages as they come, and what it is told, sent as fast as it
// reads. Nothing here waits.

#include "engine/door/door_messages.h"
#include "engine/door/frames.h"
#include "engine/files/descriptor.h"
#include "engine/serving/kept_events.h"

#include <deque>
#include <string>

namespace lora {

class WindowConnection {
public:
    /// It is told the door's mark first.
    explicit WindowConnection(Descriptor socket);

    int socket() const { return socket_.number(); }
    /// Takes what has come. False where the window is gone.
    bool hear();
    /// The next message; none before it is whole. Throws Error for what is none.
    std::optional<WindowMessage> next();
    void say(const EngineMessage& message);
    void say(std::string frame) { said_.push_back(std::move(frame)); }
    /// Events from this number on are sent behind what was said before.
    void follow_from(std::uint64_t number) { next_event_ = number; }
    /// The last attempted request, told once the events up to here are sent.
    void tell_attempted(RequestId id) { attempted_ = id; }
    /// It ends once all that was said is sent.
    void end() { ending_ = true; }
    bool is_ending() const { return ending_; }
    /// Sends what it can. False where nothing more can be sent: the window is gone, has fallen behind so far
    /// that events it needs are not kept any more, or has been told all before its end.
    bool send(const KeptEvents& events);
    /// Whether something waits to be sent.
    bool has_more(const KeptEvents& events) const;

    std::string window; ///< its name, once it has said who it is

private:
    bool take_next(const KeptEvents& events);

    Descriptor socket_;
    FrameReader reader_;
    std::deque<std::string> said_;
    std::string sending_; ///< a message on its way
    std::size_t sent_ = 0;
    std::optional<std::uint64_t> next_event_;
    RequestId attempted_, told_attempted_;
    bool ending_ = false;
};

} // namespace lora
