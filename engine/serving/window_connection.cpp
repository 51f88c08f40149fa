#include "engine/serving/window_connection.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace lora {

namespace {

const std::string peer = "the window's message";

bool would_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

} // namespace

WindowConnection::WindowConnection(Descriptor socket)
    : socket_(std::move(socket)), reader_(peer), said_{std::string(door_mark)} {}

bool WindowConnection::hear() {
    std::array<char, 1 << 16> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): it is read into
    const ssize_t count = recv(socket_.number(), bytes.data(), bytes.size(), 0);
    if (count > 0) reader_.add({bytes.data(), static_cast<std::size_t>(count)});
    return count > 0 || (count < 0 && would_wait());
}

std::optional<WindowMessage> WindowConnection::next() {
    const auto message = reader_.next();
    if (!message) return std::nullopt;
    return window_message(*message, peer);
}

void WindowConnection::say(const EngineMessage& message) { said_.push_back(frame_of(to_json(message))); }

bool WindowConnection::has_more(const KeptEvents& events) const {
    return sent_ < sending_.size() || !said_.empty() || (next_event_ && *next_event_ != events.next())
           || (next_event_ && attempted_ != told_attempted_);
}

bool WindowConnection::take_next(const KeptEvents& events) {
    sent_ = 0;
    if (!said_.empty()) {
        sending_ = std::move(said_.front());
        said_.pop_front();
    } else if (next_event_ && *next_event_ != events.next()) {
        if (!events.has_from(*next_event_)) return false;
        sending_ = events.frame((*next_event_)++);
    } else {
        told_attempted_ = attempted_;
        sending_ = frame_of(to_json(EngineMessage(Attempted{attempted_})));
    }
    return true;
}

bool WindowConnection::send(const KeptEvents& events) {
    while (has_more(events)) {
        if (sent_ == sending_.size() && !take_next(events)) return false;
        const ssize_t count =
            ::send(socket_.number(), sending_.data() + sent_, sending_.size() - sent_, MSG_NOSIGNAL);
        if (count < 0) return would_wait();
        sent_ += static_cast<std::size_t>(count);
    }
    return !ending_;
}

} // namespace lora
