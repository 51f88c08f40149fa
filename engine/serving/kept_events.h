#pragma once
// The last events as they are sent, by their numbers, so that a window whose connection was cut gets what it
// has missed. They take a bounded number of bytes; older ones go.

#include "engine/worker/messages.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace lora {

/// The event as it is sent. One that is too long for a message is told as a warning in its place.
std::string told_frame(std::uint64_t number, const Event& event);

class KeptEvents {
public:
    explicit KeptEvents(std::size_t most_bytes = 32 << 20) : most_bytes_(most_bytes) {}

    /// The event gets the next number.
    void add(const Event& event);
    /// The number that the next event gets.
    std::uint64_t next() const { return first_ + frames_.size(); }
    /// Whether all events from this number on are there; none at all may be to come.
    bool has_from(std::uint64_t number) const { return number >= first_ && number <= next(); }
    /// The event of this number as it is sent; it must be there.
    const std::string& frame(std::uint64_t number) const { return frames_[number - first_]; }

private:
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::uint64_t first_ = 1;
    std::deque<std::string> frames_;
};

} // namespace lora
