#include "engine/files/safetensors_header.h"

#include "engine/error.h"
#include "engine/files/json_text.h"

#include <array>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

namespace lora {

namespace {

// An entry takes some 500 bytes here. The model of most tensors known has 91 thousand, in 163 files.
constexpr std::size_t entries_limit = 131'072;
constexpr std::size_t dimensions_limit = 16;
constexpr std::uint64_t integer_limit = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view known_types =
    "one of F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64, I32, I16, I8, U64, U32, U16, U8, BOOL";

std::optional<ElementType> element_type(std::string_view type_name) {
    using enum ElementType;
    for (const ElementType type :
        {F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool, F8_E4M3, F8_E5M2, U16, U32, U64})
        if (name(type) == type_name) return type;
    return std::nullopt;
}

/// A state for every place a value can stand at; whatever does not belong there is refused.
class HeaderHandler {
public:
    HeaderHandler(const JsonText& text, const std::string& file) : text_(text), file_(file) {}

    SafetensorsHeader take() { return std::move(header_); }

    bool null() { return misplaced("null"); }
    bool boolean(bool) { return misplaced("true or false"); }
    bool number_float(double, const std::string& text) { return misplaced("the number " + shown(text, 40)); }
    bool number_integer(std::int64_t value) { return misplaced("the number " + std::to_string(value)); }
    bool binary(Json::binary_t&) { return false; }

    bool number_unsigned(std::uint64_t value) {
        if (place_ != Place::Shape && place_ != Place::Offsets) return misplaced("a number");
        if (value > integer_limit) text_.refuse(std::to_string(value), "a number below 2^63");
        if (place_ == Place::Shape)
            add_dimension(static_cast<std::int64_t>(value));
        else if (offsets_ == 2)
            text_.refuse("a third number", "two in data_offsets");
        else
            (offsets_++ == 0 ? entry().begin : entry().end) = value;
        return true;
    }

    bool string(std::string& value) {
        if (place_ == Place::Metadata)
            header_.metadata[key_] = value;
        else if (place_ == Place::Tensor && field_ == Field::Type)
            set_type(value);
        else
            return misplaced("a string");
        return true;
    }

    bool start_object(std::size_t) {
        if (place_ == Place::Start)
            place_ = Place::Entries;
        else if (place_ == Place::Entries && key_ == "__metadata__")
            place_ = Place::Metadata;
        else if (place_ == Place::Entries)
            open_tensor();
        else
            return misplaced("an object");
        return true;
    }

    bool end_object() {
        if (place_ == Place::Tensor) close_tensor();
        place_ = place_ == Place::Entries ? Place::End : Place::Entries;
        return true;
    }

    bool start_array(std::size_t) {
        if (place_ != Place::Tensor || field_ == Field::Type) return misplaced("a list");
        place_ = field_ == Field::Shape ? Place::Shape : Place::Offsets;
        return true;
    }

    bool end_array() {
        if (place_ == Place::Offsets && offsets_ != 2)
            text_.refuse(std::to_string(offsets_) + " numbers", "two in data_offsets");
        place_ = Place::Tensor;
        return true;
    }

    bool key(std::string& name) {
        if (place_ == Place::Tensor) return field(name);
        auto& seen = place_ == Place::Entries ? names_ : metadata_keys_;
        if (!seen.insert(name).second) text_.refuse("'" + shown(name) + "' a second time", "every name once");
        if (seen.size() > entries_limit + 1)
            text_.refuse("more entries", "at most " + std::to_string(entries_limit));
        key_ = std::move(name);
        return true;
    }

    bool parse_error(std::size_t, const std::string& last_token, const nlohmann::detail::exception& error) {
        text_.refuse_syntax(last_token, error.what());
    }

private:
    enum class Place { Start, Entries, Metadata, Tensor, Shape, Offsets, End };
    enum class Field : std::size_t { Type, Shape, Offsets };
    static constexpr std::array<std::string_view, 3> field_names = {"dtype", "shape", "data_offsets"};

    SafetensorsEntry& entry() { return header_.entries.back(); }

    bool misplaced(std::string_view found) {
        static constexpr std::array<std::string_view, 7> expected = {"an object of tensors",
            "an object with dtype, shape and data_offsets", "a string",
            "a string for dtype, lists for shape and data_offsets", "integers from 0 on",
            "integers from 0 on", "the end of the header"};
        text_.refuse(found, expected[static_cast<std::size_t>(place_)]);
    }

    void open_tensor() {
        header_.entries.push_back({});
        entry().name = key_;
        fields_seen_ = {};
        offsets_ = 0;
        place_ = Place::Tensor;
    }

    bool field(const std::string& name) {
        for (std::size_t i = 0; i < field_names.size(); ++i) {
            if (name != field_names[i]) continue;
            if (std::exchange(fields_seen_[i], true))
                text_.refuse(name + " a second time", "every field once");
            field_ = static_cast<Field>(i);
            return true;
        }
        text_.refuse("field '" + shown(name) + "'", "dtype, shape or data_offsets");
    }

    void add_dimension(std::int64_t size) {
        if (entry().shape.size() == dimensions_limit)
            text_.refuse("another dimension", "at most " + std::to_string(dimensions_limit));
        entry().shape.push_back(size);
    }

    void set_type(const std::string& value) {
        const auto type = element_type(value);
        if (!type)
            fail(file_ + ": tensor '" + shown(entry().name) + "'", "dtype " + shown(value, 40), known_types);
        entry().type = *type;
    }

    void close_tensor() {
        for (std::size_t i = 0; i < field_names.size(); ++i)
            if (!fields_seen_[i])
                fail(file_ + ": tensor '" + shown(entry().name) + "'", "no " + std::string(field_names[i]),
                    "dtype, shape and data_offsets");
    }

    const JsonText& text_;
    const std::string& file_;
    SafetensorsHeader header_;
    Place place_ = Place::Start;
    Field field_ = Field::Type;
    std::array<bool, 3> fields_seen_ = {};
    int offsets_ = 0;
    std::string key_;
    std::unordered_set<std::string> names_;
    std::unordered_set<std::string> metadata_keys_;
};

} // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& file) {
    JsonText json(text, file + ": header");
    HeaderHandler handler(json, file);
    json.parse(handler);
    return handler.take();
}

} // namespace lora
