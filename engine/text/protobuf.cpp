#include "engine/text/protobuf.h"

#include "engine/error.h"

#include <cstring>
#include <limits>
#include <utility>

namespace lora {

ProtobufReader::ProtobufReader(std::string_view bytes, std::string where)
    : left_(bytes), where_(std::move(where)) {}

std::uint64_t ProtobufReader::varint() {
    std::uint64_t value = 0;
    for (std::uint32_t shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(take(1).front());
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0) {
            return value;
        }
    }
    fail(where_, "a number of more than ten bytes", "Protocol Buffers");
}

std::string_view ProtobufReader::take(std::uint64_t size) {
    if (size > left_.size()) {
        fail(where_,
            "a field of " + std::to_string(size) + " bytes where " + std::to_string(left_.size())
                + " are left",
            "a whole message", "the file may be cut off, or be of another format");
    }
    const std::string_view taken = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(taken.size());
    return taken;
}

bool ProtobufReader::next() {
    if (left_.empty()) {
        return false;
    }
    const std::uint64_t tag = varint();
    const std::uint64_t kind = tag & 7U;
    if (tag >> 3U == 0 || tag >> 3U > std::numeric_limits<std::uint32_t>::max() >> 3U) {
        fail(where_, "field number " + std::to_string(tag >> 3U), "Protocol Buffers");
    }
    field_ = static_cast<std::uint32_t>(tag >> 3U);
    switch (kind) {
    case 0: integer_ = varint(); break;
    case 1: bytes_ = take(8); break;
    case 2: bytes_ = take(varint()); break;
    case 5: bytes_ = take(4); break;
    default: fail(where_, "a field of kind " + std::to_string(kind), "Protocol Buffers");
    }
    kind_ = static_cast<Kind>(kind);
    return true;
}

void ProtobufReader::require(Kind kind) const {
    if (kind_ != kind) {
        fail(where_,
            "field " + std::to_string(field_) + " of kind " + std::to_string(static_cast<int>(kind_)),
            "kind " + std::to_string(static_cast<int>(kind)));
    }
}

std::uint64_t ProtobufReader::integer() const {
    require(Kind::Integer);
    return integer_;
}

std::int32_t ProtobufReader::signed_integer() const {
    const auto value = static_cast<std::int64_t>(integer());
    if (value < std::numeric_limits<std::int32_t>::min()
        || value > std::numeric_limits<std::int32_t>::max()) {
        fail(where_, "field " + std::to_string(field_) + " of " + std::to_string(value), "a 32-bit integer");
    }
    return static_cast<std::int32_t>(value);
}

float ProtobufReader::number() const {
    require(Kind::Four);
    float value = 0;
    std::memcpy(&value, bytes_.data(), sizeof value);
    return value;
}

std::string_view ProtobufReader::bytes() const {
    require(Kind::Bytes);
    return bytes_;
}

} // namespace lora
