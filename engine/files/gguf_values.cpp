// The typed getters of a GGUF file's metadata. Declared in gguf.h.

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/gguf_metadata.h"

#include <cmath>
#include <utility>

namespace lora {

namespace {

std::string place(const GgufFile& file, std::string_view key) {
    return file.path() + ": key '" + shown(key) + "'";
}

/// The value under `key` if it is of the kind; throws Error if it is absent or of another.
template <class Kind>
const Kind& required(const GgufFile& file, std::string_view key, std::string_view expected) {
    const GgufValue* value = file.metadata(key);
    if (value == nullptr) fail(place(file, key), "nothing", expected);
    const Kind* kind = std::get_if<Kind>(value);
    if (kind == nullptr) fail(place(file, key), described(*value), expected);
    return *kind;
}

} // namespace

const GgufValue* GgufFile::metadata(std::string_view key) const {
    const auto entry = metadata_.find(key);
    return entry == metadata_.end() ? nullptr : &entry->second;
}

std::int64_t GgufFile::integer(std::string_view key, std::int64_t lowest, std::int64_t highest) const {
    const std::string expected =
        "an integer from " + std::to_string(lowest) + " to " + std::to_string(highest);
    const auto value = required<std::int64_t>(*this, key, expected);
    if (value < lowest || value > highest) fail(place(*this, key), std::to_string(value), expected);
    return value;
}

std::int64_t GgufFile::integer_or(
    std::string_view key, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const {
    return metadata(key) == nullptr ? otherwise : integer(key, lowest, highest);
}

double GgufFile::number(std::string_view key) const {
    static constexpr std::string_view expected = "a finite number";
    const GgufValue* value = metadata(key);
    if (value != nullptr && std::holds_alternative<std::int64_t>(*value))
        return static_cast<double>(std::get<std::int64_t>(*value));
    const auto number = required<double>(*this, key, expected);
    if (!std::isfinite(number)) fail(place(*this, key), std::to_string(number), expected);
    return number;
}

double GgufFile::number_or(std::string_view key, double otherwise) const {
    return metadata(key) == nullptr ? otherwise : number(key);
}

bool GgufFile::boolean_or(std::string_view key, bool otherwise) const {
    return metadata(key) == nullptr ? otherwise : required<bool>(*this, key, "true or false");
}

std::string GgufFile::string(std::string_view key) const {
    return required<std::string>(*this, key, "a string");
}

std::string GgufFile::string_or(std::string_view key, std::string otherwise) const {
    return metadata(key) == nullptr ? std::move(otherwise) : string(key);
}

const std::vector<std::string>& GgufFile::strings(std::string_view key) const {
    return required<std::vector<std::string>>(*this, key, "a list of strings");
}

const std::vector<std::int64_t>& GgufFile::integers(std::string_view key) const {
    return required<std::vector<std::int64_t>>(*this, key, "a list of integers");
}

const std::vector<double>& GgufFile::numbers(std::string_view key) const {
    return required<std::vector<double>>(*this, key, "a list of numbers");
}

} // namespace lora
