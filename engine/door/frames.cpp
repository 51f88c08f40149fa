#include "engine/door/frames.h"

#include "engine/door/cbor_shape.h"
#include "engine/error.h"

#include <cstdint>

namespace lora {

namespace {

constexpr std::size_t length_bytes = 4;

} // namespace

std::string frame_of(const Json& message) {
    std::string frame(length_bytes, '\0');
    Json::to_cbor(message, frame);
    const std::size_t length = frame.size() - length_bytes;
    if (length > most_frame_bytes)
        fail("a message", std::to_string(length) + " bytes", "at most " + std::to_string(most_frame_bytes));
    for (std::size_t i = 0; i < length_bytes; ++i) frame[i] = static_cast<char>(length >> (8 * i) & 0xff);
    return frame;
}

bool FrameReader::past_mark() {
    const auto found = bytes_.find(door_mark);
    if (found != std::string::npos && found <= most_words_before) {
        before_ = shown(std::string_view(bytes_).substr(0, found), 1000);
        at_ = found + door_mark.size();
        sought_ = false;
    } else if (bytes_.size() > most_words_before + door_mark.size()) {
        fail(peer_, "“" + shown(bytes_, 300) + "” and more", "the words of lora serve");
    } else {
        before_ = shown(bytes_, 1000);
    }
    return !sought_;
}

std::optional<Json> FrameReader::next() {
    if (sought_ && !past_mark()) return std::nullopt;
    if (bytes_.size() - at_ < length_bytes) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
        length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[at_ + i])) << (8 * i);
    if (length > most_frame_bytes)
        fail(peer_, "a message of " + std::to_string(length) + " bytes",
            "at most " + std::to_string(most_frame_bytes));
    if (bytes_.size() - at_ - length_bytes < length) return std::nullopt;
    const std::string_view body = std::string_view(bytes_).substr(at_ + length_bytes, length);
    check_cbor(body, peer_);
    Json message = Json::from_cbor(body);
    at_ += length_bytes + length;
    // What is read goes once it is more than what is not: each byte is moved once, not with each message.
    if (at_ > bytes_.size() / 2) {
        bytes_.erase(0, at_);
        at_ = 0;
    }
    return message;
}

} // namespace lora
