#include "engine/files/gguf_metadata.h"

#include "engine/error.h"

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace lora {

namespace {

constexpr std::uint64_t key_limit_bytes = 65'535;
constexpr std::uint64_t string_limit_bytes = 16 << 20;
// A number takes 8 bytes here and as little as one in the file, a text up to 64 and as little as 8: it counts
// as three. The largest vocabularies, with scores, types and merges, come to three quarters.
constexpr std::uint64_t most_elements = std::uint64_t{1} << 22;
constexpr std::uint64_t elements_of_a_text = 3;

/// GGUF's numbers for the types of values.
enum class ValueType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };
constexpr std::uint32_t value_types = 13;
/// The bytes one element takes at least.
constexpr std::array<std::uint64_t, value_types> element_bytes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

struct Item {
    ByteReader& reader;
    std::string place;       ///< the key
    std::uint64_t& elements; ///< of all lists so far

    [[noreturn]] void refuse(std::string_view found, std::string_view expected) const {
        fail(reader.file() + ": " + place, found, expected);
    }
};

ValueType read_type(Item& item) {
    const auto number = item.reader.number<std::uint32_t>(item.place);
    if (number >= value_types) item.refuse("value type " + std::to_string(number), "one of 0 to 12");
    return static_cast<ValueType>(number);
}

template <class Number>
std::int64_t integer(Item& item) {
    const auto value = item.reader.number<Number>(item.place);
    if constexpr (std::is_same_v<Number, std::uint64_t>)
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            item.refuse(std::to_string(value), "an integer below 2^63");
    return static_cast<std::int64_t>(value);
}

std::int64_t integer(Item& item, ValueType type) {
    switch (type) {
    case ValueType::U8: return integer<std::uint8_t>(item);
    case ValueType::I8: return integer<std::int8_t>(item);
    case ValueType::U16: return integer<std::uint16_t>(item);
    case ValueType::I16: return integer<std::int16_t>(item);
    case ValueType::U32: return integer<std::uint32_t>(item);
    case ValueType::I32: return integer<std::int32_t>(item);
    case ValueType::U64: return integer<std::uint64_t>(item);
    default: return integer<std::int64_t>(item);
    }
}

double floating(Item& item, ValueType type) {
    if (type == ValueType::F32) return static_cast<double>(item.reader.number<float>(item.place));
    return item.reader.number<double>(item.place);
}

bool boolean(Item& item) { return item.reader.number<std::uint8_t>(item.place) != 0; }

std::string text(Item& item) { return read_gguf_string(item.reader, string_limit_bytes, item.place); }

/// `count` values, each by `read`. The caller has checked that the file can hold so many.
template <class Value, class Read>
GgufValue list(std::uint64_t count, Read read) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(read());
    return values;
}

GgufValue read_array(Item& item) {
    const ValueType type = read_type(item);
    const auto count = item.reader.number<std::uint64_t>(item.place);
    if (type == ValueType::Array) item.refuse("an array of arrays", "an array of numbers or strings");
    item.reader.require(count, element_bytes[static_cast<std::size_t>(type)], item.place);
    item.elements += type == ValueType::String ? elements_of_a_text * count : count;
    if (item.elements > most_elements)
        item.refuse(std::to_string(count) + " elements", "at most " + std::to_string(most_elements)
                                                             + " in all lists, where a text counts as "
                                                             + std::to_string(elements_of_a_text));
    switch (type) {
    case ValueType::Bool: return list<bool>(count, [&] { return boolean(item); });
    case ValueType::String: return list<std::string>(count, [&] { return text(item); });
    case ValueType::F32:
    case ValueType::F64: return list<double>(count, [&] { return floating(item, type); });
    default: return list<std::int64_t>(count, [&] { return integer(item, type); });
    }
}

GgufValue read_value(Item& item) {
    const ValueType type = read_type(item);
    switch (type) {
    case ValueType::Array: return read_array(item);
    case ValueType::Bool: return boolean(item);
    case ValueType::String: return text(item);
    case ValueType::F32:
    case ValueType::F64: return floating(item, type);
    default: return integer(item, type);
    }
}

} // namespace

std::string read_gguf_string(ByteReader& reader, std::uint64_t limit_bytes, std::string_view what) {
    const auto length = reader.number<std::uint64_t>(what);
    if (length > limit_bytes)
        fail(reader.file() + ": byte " + std::to_string(reader.position()) + ": " + std::string(what),
            "a string of " + std::to_string(length) + " bytes", "at most " + std::to_string(limit_bytes));
    const auto bytes = reader.take(length, what);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

GgufMetadata read_gguf_metadata(ByteReader& reader, std::uint64_t count) {
    GgufMetadata metadata;
    std::uint64_t elements = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string key = read_gguf_string(reader, key_limit_bytes, "key " + std::to_string(i));
        Item item{reader, "key '" + shown(key) + "'", elements};
        const std::uint64_t begin = reader.position();
        GgufValue value = read_value(item);
        if (!metadata.values.try_emplace(key, std::move(value)).second)
            item.refuse("the key a second time", "every key once");
        metadata.raw.emplace_back(std::move(key), reader.since(begin));
    }
    return metadata;
}

std::string described(const GgufValue& value) {
    struct {
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return std::to_string(number); }
        std::string operator()(bool yes) const { return yes ? "true" : "false"; }
        std::string operator()(const std::string& string) const { return "'" + shown(string, 60) + "'"; }
        std::string operator()(const std::vector<std::int64_t>&) const { return "a list of integers"; }
        std::string operator()(const std::vector<double>&) const { return "a list of numbers"; }
        std::string operator()(const std::vector<bool>&) const { return "a list of booleans"; }
        std::string operator()(const std::vector<std::string>&) const { return "a list of strings"; }
    } words;
    return std::visit(words, value);
}

} // namespace lora
