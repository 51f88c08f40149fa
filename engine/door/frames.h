#pragma once
// Messages on a stream of bytes. The one who serves begins with a mark, since a login may print words of its
// own before; then, both ways, each message is its length (4 bytes, little-endian) and so many bytes of CBOR
// (RFC 8949). What comes in is hostile until it is checked: lengths before memory, shape before meaning.

#include "engine/files/json.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lora {

/// No message is longer: some 700,000 steps of a run's curves.
constexpr std::size_t most_frame_bytes = 64 << 20;
/// What a login may print before the mark.
constexpr std::size_t most_words_before = 64 << 10;
constexpr std::string_view door_mark = "\x1a"
                                       "LORA-DOOR-1\n";

/// A message with its length before it. Throws Error where it is too long.
std::string frame_of(const Json& message);

/// Takes bytes as they come and gives whole messages.
class FrameReader {
public:
    /// `peer` names the other end in refusals. `after_mark`: what comes before the mark is left out.
    explicit FrameReader(std::string peer, bool after_mark = false)
        : peer_(std::move(peer)), sought_(after_mark) {}

    void add(std::string_view bytes) { bytes_ += bytes; }
    /// The next whole message; none before its last byte is there. Throws Error for what is none, after which
    /// nothing more can be read.
    std::optional<Json> next();
    /// What was printed before the mark, made safe to show.
    const std::string& words_before() const { return before_; }

private:
    bool past_mark();

    std::string peer_;
    std::string bytes_;
    std::size_t at_ = 0; ///< before it all is read
    bool sought_;
    std::string before_;
};

} // namespace lora
