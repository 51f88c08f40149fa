// What comes over a connection to an engine elsewhere, and to one from a window.

#include "engine/door/door_messages.h"
#include "engine/door/frames.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

#include <stdexcept>

namespace lora::fuzz {

namespace {

/// A message that was taken is one that can be said, and taken again.
template <class Message>
void take(const Json& json, Message (*read)(const Json&, const std::string&)) {
    refusable([&] {
        const std::string said = frame_of(to_json(read(json, "peer")));
        FrameReader again("peer");
        again.add(said);
        if (frame_of(to_json(read(*again.next(), "peer"))) != said)
            throw std::logic_error("a message is another one when it is said again");
    });
}

void take_all(FrameReader& reader) {
    while (const auto message = reader.next()) {
        take(*message, engine_message);
        take(*message, window_message);
    }
    look_at(reader.words_before());
}

std::string framed(std::string_view body) {
    std::string frame(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) frame[i] = static_cast<char>(body.size() >> (8 * i) & 0xff);
    return frame.append(body);
}

} // namespace

// As a stream that comes in pieces, and as the body of one message, where more of it is read.
void read_frames(std::string_view bytes) {
    refusable([&] {
        FrameReader reader("peer", /*after_mark=*/bytes.starts_with('\n'));
        for (std::size_t i = 0; i < bytes.size(); i += 100) {
            reader.add(bytes.substr(i, 100));
            take_all(reader);
        }
    });
    refusable([&] {
        FrameReader reader("peer");
        reader.add(framed(bytes));
        take_all(reader);
    });
}

} // namespace lora::fuzz
