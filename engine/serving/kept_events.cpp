#include "engine/serving/kept_events.h"

#include "engine/door/door_messages.h"
#include "engine/door/frames.h"
#include "engine/error.h"

namespace lora {

std::string told_frame(std::uint64_t number, const Event& event) {
    try {
        return frame_of(to_json(EngineMessage(Told{number, event})));
    } catch (const Error& too_long) {
        const std::string words = std::string("Something could not be shown: ") + too_long.what();
        return frame_of(to_json(EngineMessage(Told{number, Warning{words}})));
    }
}

void KeptEvents::add(const Event& event) {
    frames_.push_back(told_frame(next(), event));
    bytes_ += frames_.back().size();
    while (bytes_ > most_bytes_ && frames_.size() > 1) {
        bytes_ -= frames_.front().size();
        frames_.pop_front();
        ++first_;
    }
}

} // namespace lora
