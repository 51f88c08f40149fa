#include "engine/files/json_text.h"

#include "engine/error.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lora {

namespace {

// Values take 16 bytes each, a text 32 more and an object or list some 70, however short their text in the
// file is: without these a file of empty objects would take 25 times its size. The largest vocabularies have
// half as many.
constexpr std::size_t most_values = std::size_t{1} << 23;
constexpr std::size_t values_of_a_text = 3;
constexpr std::size_t most_containers = std::size_t{1} << 21;

/// Builds the value; refuses depth, duplicate keys and too many values as soon as they are read.
class Builder {
public:
    Builder(const JsonText& text, std::size_t depth) : text_(text), depth_(depth) {}

    Json take() { return std::move(root_); }

    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) { return add(value); }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) {
        values_ += values_of_a_text - 1;
        return add(std::move(value));
    }
    bool binary(Json::binary_t&) { return false; }

    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        if (!levels_.back().keys.insert(name).second)
            text_.refuse("key '" + shown(name) + "' a second time", "every key once");
        key_ = std::move(name);
        return true;
    }

    bool parse_error(std::size_t, const std::string& last_token, const nlohmann::detail::exception& error) {
        text_.refuse_syntax(last_token, error.what());
    }

private:
    struct Level {
        Json* value;
        std::unordered_set<std::string> keys;
    };

    Json& place(Json value) {
        if (++values_ > most_values)
            text_.refuse("more values", "at most " + std::to_string(most_values) + ", where a text counts as "
                                            + std::to_string(values_of_a_text));
        if (levels_.empty()) return root_ = std::move(value);
        Json& parent = *levels_.back().value;
        if (parent.is_array()) return parent.get_ref<Json::array_t&>().emplace_back(std::move(value));
        // The map's own insertion looks through all its keys, which would be quadratic for a vocabulary.
        std::vector<std::pair<const std::string, Json>>& entries = parent.get_ref<Json::object_t&>();
        return entries.emplace_back(std::move(key_), std::move(value)).second;
    }

    bool add(Json value) {
        place(std::move(value));
        return true;
    }

    bool open(Json value) {
        if (levels_.size() == depth_)
            text_.refuse("deeper nesting", "at most " + std::to_string(depth_) + " levels");
        if (++containers_ > most_containers)
            text_.refuse("more objects and lists", "at most " + std::to_string(most_containers));
        levels_.push_back({&place(std::move(value)), {}});
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    const JsonText& text_;
    std::size_t depth_;
    std::size_t values_ = 0;
    std::size_t containers_ = 0;
    Json root_;
    std::vector<Level> levels_;
    std::string key_;
};

/// nlohmann's "[json.exception.…] parse error at line 1, column 5: syntax error while parsing value -
/// unexpected …; expected …" without its prefix and the token that is shown apart.
std::string_view reason_of(std::string_view message) {
    const auto place = message.find(", column ");
    const auto colon = message.find(": ", place == std::string_view::npos ? 0 : place);
    if (colon != std::string_view::npos) message.remove_prefix(colon + 2);
    return message.substr(0, message.find("; last read"));
}

} // namespace

JsonText::JsonText(
    std::string_view text, const std::string& file, std::int64_t first_line, std::size_t first_column)
    : text_(text), file_(file), first_line_(first_line), first_column_(first_column), read_(text.data()) {
    const auto zero = text.find('\0');
    if (zero == std::string_view::npos) return;
    read_ = text.data() + zero;
    refuse("a zero byte", "JSON text");
}

void JsonText::refuse(std::string_view found, std::string_view expected) const {
    const std::string_view before(text_.data(), static_cast<std::size_t>(read_ - text_.data()));
    const auto line = first_line_ + std::count(before.begin(), before.end(), '\n');
    const auto newline = before.rfind('\n');
    const auto column =
        newline == std::string_view::npos ? first_column_ + before.size() : before.size() - newline - 1;
    fail(file_ + ": line " + std::to_string(line) + ", column "
             + std::to_string(std::max<std::size_t>(column, 1)),
        found, expected);
}

void JsonText::refuse_syntax(const std::string& last_token, std::string_view reason) const {
    std::string_view why = reason_of(reason);
    std::string_view expected = "valid JSON";
    if (const auto split = why.find("; expected "); split != std::string_view::npos) {
        expected = why.substr(split + 11);
        why = why.substr(0, split);
    }
    const std::string token = last_token.empty() ? "" : "'" + shown(last_token, 60) + "' ";
    refuse(token + "(" + shown(why) + ")", expected);
}

Json parse_json_at(std::string_view text, const std::string& file, std::int64_t first_line, JsonLimits limits,
    std::size_t first_column) {
    if (text.size() > limits.size_bytes)
        fail(file + (first_line > 1 ? ": line " + std::to_string(first_line) : ""),
            std::to_string(text.size()) + " bytes of JSON",
            "at most " + std::to_string(limits.size_bytes) + " bytes");
    JsonText json(text, file, first_line, first_column);
    Builder builder(json, limits.depth);
    json.parse(builder);
    return builder.take();
}

} // namespace lora
