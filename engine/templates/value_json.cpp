#include "engine/templates/value_json.h"

#include "engine/templates/characters.h"
#include "engine/templates/operators.h"
#include "engine/templates/value_text.h"

#include <algorithm>
#include <cmath>

namespace lora::jinja {

namespace {

std::string unicode_escape(std::int32_t code) {
    static constexpr std::string_view numerals = "0123456789abcdef";
    std::string text = "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        text += numerals[static_cast<std::size_t>((code >> shift) & 15)];
    return text;
}

std::string json_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return float_text(value);
}

class JsonPrinter {
public:
    JsonPrinter(std::string& out, const JsonStyle& style, Budget& budget)
        : out_(out), style_(style), budget_(budget) {}

    void add(const Value& value) {
        budget_.spend();
        if (const std::string* bytes = value.text())
            add_string(*bytes);
        else if (const SequencePtr* sequence = value.as<SequencePtr>())
            add_list(**sequence);
        else if (const DictPtr* dict = value.as<DictPtr>())
            add_dict(**dict);
        else
            put(scalar(value));
    }

private:
    void put(std::string_view piece) { budget_.append(out_, piece); }

    static std::string scalar(const Value& value) {
        if (value.is<None>()) return "null";
        if (const bool* found = value.as<bool>()) return *found ? "true" : "false";
        if (const std::int64_t* found = value.as<std::int64_t>()) return std::to_string(*found);
        if (const double* found = value.as<double>()) return json_number(*found);
        throw Refusal{std::string(type_name(value)) + " for tojson", "what JSON can say"};
    }

    void add_string(std::string_view bytes) {
        std::string text = "\"";
        for (std::size_t at = 0; at < bytes.size();) {
            const Character character = character_at(bytes, at);
            text += escaped(character.code, bytes.substr(at, character.bytes));
            at += character.bytes;
        }
        put(text + "\"");
    }

    std::string escaped(std::int32_t code, std::string_view bytes) const {
        switch (code) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        case '\b': return "\\b";
        case '\f': return "\\f";
        default: break;
        }
        if ((code >= 0 && code < 0x20) || (style_.ensure_ascii && code >= 0x7F && code < 0x10000))
            return unicode_escape(code);
        if (!style_.ensure_ascii || code < 0x10000) return std::string(bytes);
        const std::int32_t rest = code - 0x10000; // in two halves, as UTF-16 has it
        return unicode_escape(0xD800 + (rest >> 10)) + unicode_escape(0xDC00 + (rest & 0x3FF));
    }

    void line() {
        if (!style_.indented) return;
        put("\n");
        for (std::size_t i = 0; i < level_; ++i) put(style_.indent);
    }

    void separate(bool& first) {
        if (!first) put(style_.item_separator);
        first = false;
        line();
    }

    void add_list(const Sequence& sequence) {
        if (sequence.kind != Sequence::Kind::List && sequence.kind != Sequence::Kind::Tuple)
            throw Refusal{"a generator, view or range for tojson", "a list of it"};
        if (sequence.items.empty()) return put("[]");
        put("[");
        ++level_;
        bool first = true;
        for (const Value& item : sequence.items) {
            separate(first);
            add(item);
        }
        --level_;
        line();
        put("]");
    }

    void add_key(const Value& key) {
        if (const std::string* bytes = key.text())
            add_string(*bytes);
        else
            add_string(scalar(key));
        put(style_.key_separator);
    }

    void add_dict(const Dict& dict) {
        if (dict.entries().empty()) return put("{}");
        std::vector<const Dict::Entry*> entries;
        entries.reserve(dict.entries().size());
        for (const Dict::Entry& entry : dict.entries()) entries.push_back(&entry);
        if (style_.sort_keys)
            std::stable_sort(
                entries.begin(), entries.end(), [&](const Dict::Entry* left, const Dict::Entry* right) {
                    return less(left->first, right->first, budget_);
                });
        put("{");
        ++level_;
        bool first = true;
        for (const Dict::Entry* entry : entries) {
            separate(first);
            add_key(entry->first);
            add(entry->second);
        }
        --level_;
        line();
        put("}");
    }

    std::string& out_;
    const JsonStyle& style_;
    Budget& budget_;
    std::size_t level_ = 0;
};

} // namespace

std::string to_json(const Value& value, const JsonStyle& style, Budget& budget) {
    std::string out;
    JsonPrinter(out, style, budget).add(value);
    return out;
}

} // namespace lora::jinja
