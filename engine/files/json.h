#pragma once
// JSON from files nobody vouches for: limits on size and depth, no duplicate keys, no NaN, typed getters.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace lora {

/// Keys keep the order of the file.
using Json = nlohmann::ordered_json;

struct JsonLimits {
    std::size_t size_bytes = 1 << 20;
    std::size_t depth = 64;
};

/// The one JSON value of `text`. `file` is for messages only.
/// Throws Error with line and column where the text does not parse, a key comes twice, or a limit is passed.
Json parse_json(std::string_view text, const std::string& file, JsonLimits limits = {});

/// Reads and parses a file. Throws Error.
Json read_json(const std::string& path, JsonLimits limits = {});

/// Typed reading of one object's fields, for messages that say file, field, what was found and what was
/// expected. An absent field and a null are the same but for is_null(). The object must outlive the reader.
class JsonFields {
public:
    /// `where` names the object in messages, e.g. the file's path. Throws Error if `object` is no JSON
    /// object.
    JsonFields(const Json& object, std::string where);

    bool has(std::string_view key) const;
    bool is_null(std::string_view key) const; ///< the field is there, and null
    const Json* find(std::string_view key) const;
    JsonFields object(std::string_view key) const;

    /// Each throws Error if the field is absent (without a default), of another kind, or outside [lowest,
    /// highest].
    std::int64_t integer(std::string_view key, std::int64_t lowest, std::int64_t highest) const;
    std::int64_t integer_or(
        std::string_view key, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const;
    double number(std::string_view key) const;
    double number_or(std::string_view key, double otherwise) const;
    bool boolean_or(std::string_view key, bool otherwise) const;
    std::string string(std::string_view key) const;
    std::string string_or(std::string_view key, std::string otherwise) const;
    /// A list of strings; empty if absent.
    std::vector<std::string> strings(std::string_view key) const;

    const std::string& where() const { return where_; }

private:
    const Json& required(std::string_view key, std::string_view expected) const;
    std::string place(std::string_view key) const;

    const Json* object_;
    std::string where_;
};

} // namespace lora
