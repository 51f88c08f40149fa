#pragma once
// Parsing of untrusted JSON text that knows where it is: line and column for every refusal. Source of events:
// nlohmann's SAX parser, which is not recursive.

#include "engine/files/json.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace lora {

/// A JSON text and how far it has been read.
class JsonText {
public:
    /// `first_line` is the number of the text's first line in `file`. Throws Error if the text has a zero
    /// byte, which nlohmann would take for its end.
    JsonText(std::string_view text, const std::string& file, std::int64_t first_line = 1,
        std::size_t first_column = 0);

    /// Feeds the events to `handler` (nlohmann's SAX interface). Throws Error where the text does not parse.
    template <class Handler>
    void parse(Handler& handler) {
        Json::sax_parse(Cursor{text_.data(), &read_}, Cursor{text_.data() + text_.size(), nullptr}, &handler);
    }

    /// Throws Error that names file, line and column of what was read last.
    [[noreturn]] void refuse(std::string_view found, std::string_view expected) const;
    /// The same for a syntax error in nlohmann's words.
    [[noreturn]] void refuse_syntax(const std::string& last_token, std::string_view reason) const;

private:
    /// An iterator that leaves behind how far it came.
    struct Cursor {
        using iterator_category = std::forward_iterator_tag;
        using value_type = char;
        using difference_type = std::ptrdiff_t;
        using pointer = const char*;
        using reference = const char&;

        const char* at = nullptr;
        const char** read = nullptr;

        reference operator*() const { return *at; }
        Cursor& operator++() {
            ++at;
            if (read != nullptr) *read = at;
            return *this;
        }
        Cursor operator++(int) {
            Cursor before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Cursor& other) const { return at == other.at; }
    };

    std::string_view text_;
    std::string file_;
    std::int64_t first_line_;
    std::size_t first_column_;
    const char* read_;
};

/// parse_json for a text that begins in line `first_line` of `file`, behind `first_column` bytes of it.
Json parse_json_at(std::string_view text, const std::string& file, std::int64_t first_line, JsonLimits limits,
    std::size_t first_column = 0);

} // namespace lora
