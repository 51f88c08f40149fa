// A message of Protocol Buffers changed field by field, the messages in it too; lengths are written anew.

#include "tests/fuzz/mutations.h"

#include <cstring>
#include <optional>
#include <vector>

namespace lora::fuzz {

namespace {

struct WireField {
    std::uint64_t number = 0;
    unsigned kind = 0;
    std::uint64_t integer = 0; ///< of kind 0
    std::string bytes = {};    ///< of the others
};

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
}

void add_varint(std::string& bytes, std::uint64_t value) {
    for (; value > 0x7F; value >>= 7) bytes.push_back(static_cast<char>(0x80U | (value & 0x7FU)));
    bytes.push_back(static_cast<char>(value));
}

std::optional<std::vector<WireField>> fields_of(std::string_view bytes) {
    std::vector<WireField> fields;
    while (!bytes.empty()) {
        const auto tag = take_varint(bytes);
        if (!tag) return std::nullopt;
        WireField field{*tag >> 3U, static_cast<unsigned>(*tag & 7U)};
        std::uint64_t size = field.kind == 1 ? 8 : field.kind == 5 ? 4 : 0;
        if (field.kind == 0 || field.kind == 2) {
            const auto number = take_varint(bytes);
            if (!number) return std::nullopt;
            (field.kind == 0 ? field.integer : size) = *number;
        } else if (size == 0)
            return std::nullopt;
        if (size > bytes.size()) return std::nullopt;
        field.bytes = bytes.substr(0, size);
        bytes.remove_prefix(size);
        fields.push_back(std::move(field));
    }
    return fields;
}

std::string bytes_of(const std::vector<WireField>& fields) {
    std::string bytes;
    for (const WireField& field : fields) {
        add_varint(bytes, field.number << 3U | field.kind);
        if (field.kind == 0) add_varint(bytes, field.integer);
        if (field.kind == 2) add_varint(bytes, field.bytes.size());
        bytes += field.bytes;
    }
    return bytes;
}

void change_value(WireField& field, Chance& chance) {
    static constexpr std::uint32_t floats[] = {0x7FC00000, 0x7F800000, 0xFF800000, 0x00000001, 0xC2C80000};
    if (field.kind == 0)
        field.integer = awkward_number(chance);
    else if (field.kind == 5)
        std::memcpy(field.bytes.data(), &floats[below(std::size(floats), chance)], 4);
    else if (const auto inner = fields_of(field.bytes); inner && !inner->empty() && below(4, chance) != 0)
        field.bytes = mutated_protobuf(field.bytes, chance);
    else if (!field.bytes.empty() && field.kind == 2)
        field.bytes.resize(below(2 * field.bytes.size(), chance), 'x');
}

} // namespace

std::string mutated_protobuf(std::string_view bytes, Chance& chance) {
    auto fields = fields_of(bytes);
    if (!fields || fields->empty()) return std::string(bytes);
    const std::size_t at = below(fields->size(), chance);
    const auto place = fields->begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6, chance)) {
    case 0: fields->erase(place); break;
    case 1: fields->insert(place, WireField((*fields)[below(fields->size(), chance)])); break;
    case 2: place->number = below(8, chance) == 0 ? awkward_number(chance) : below(60, chance); break;
    default: change_value(*place, chance);
    }
    return bytes_of(*fields);
}

} // namespace lora::fuzz
