#pragma once
// Protocol Buffers' wire format, read front to back, every length compared with the bytes that are left.
// Format: https://protobuf.dev/programming-guides/encoding.

#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

/// The fields of one message, in the file's order. An unknown field is passed over by the caller's not asking
/// for its value.
class ProtobufReader {
public:
    /// `where` names the message.
    ProtobufReader(std::string_view bytes, std::string where);

    /// Moves on to the next field; false at the end. Throws Error where the bytes are no field.
    bool next();

    std::uint32_t field() const { return field_; }
    /// Each throws Error if the field is of another kind.
    std::uint64_t integer() const;
    float number() const;
    std::string_view bytes() const;
    bool boolean() const { return integer() != 0; }
    /// An int32, which the wire carries with its sign extended to 64 bits. Throws Error outside of int32.
    std::int32_t signed_integer() const;

    const std::string& where() const { return where_; }

private:
    enum class Kind : std::uint8_t { Integer = 0, Eight = 1, Bytes = 2, Four = 5 };

    std::uint64_t varint();
    std::string_view take(std::uint64_t size);
    void require(Kind kind) const;

    std::string_view left_;
    std::string where_;
    std::uint32_t field_ = 0;
    Kind kind_ = Kind::Integer;
    std::uint64_t integer_ = 0;
    std::string_view bytes_;
};

} // namespace lora
