#include "engine/templates/value_text.h"

#include "engine/templates/characters.h"

#include <array>
#include <charconv>
#include <cmath>

namespace lora::jinja {

namespace {

std::string hex(std::int32_t code, std::size_t digits) {
    static constexpr std::string_view numerals = "0123456789abcdef";
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; code >>= 4) text[i] = numerals[static_cast<std::size_t>(code & 15)];
    return text;
}

std::string escaped(std::int32_t code) {
    if (code == '\n') return "\\n";
    if (code == '\r') return "\\r";
    if (code == '\t') return "\\t";
    if (code < 0x100) return "\\x" + hex(code, 2);
    return code < 0x10000 ? "\\u" + hex(code, 4) : "\\U" + hex(code, 8);
}

std::string in_quotes(std::string_view text) {
    const bool has_single = text.find('\'') != std::string_view::npos;
    const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
    std::string out(1, quote);
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (text[at] == quote || text[at] == '\\')
            out.append(1, '\\').append(1, text[at]);
        else if (character.code >= 0 && !is_printable(character.code))
            out += escaped(character.code);
        else
            out.append(text.substr(at, character.bytes));
        at += character.bytes;
    }
    out += quote;
    return out;
}

/// repr() of lists and dictionaries in each other, into one text.
class Printer {
public:
    Printer(std::string& out, Budget& budget) : out_(out), budget_(budget) {}

    void add(const Value& value) {
        budget_.spend();
        if (const std::string* bytes = value.text())
            add(value.as<Text>()->markup ? "Markup(" + in_quotes(*bytes) + ")" : in_quotes(*bytes));
        else if (value.is<Undefined>())
            add("Undefined");
        else if (const SequencePtr* sequence = value.as<SequencePtr>())
            add_sequence(**sequence);
        else if (const DictPtr* dict = value.as<DictPtr>())
            add_dict(**dict);
        else
            add(to_text(value, budget_));
    }

private:
    void add(std::string_view piece) { budget_.append(out_, piece); }

    void add_items(std::string_view open, const Sequence& sequence, std::string_view close) {
        add(open);
        bool first = true;
        for (const Value& item : sequence.items) {
            if (!first) add(", ");
            first = false;
            add(item);
        }
        add(close);
    }

    void add_sequence(const Sequence& sequence) {
        switch (sequence.kind) {
        case Sequence::Kind::List: return add_items("[", sequence, "]");
        case Sequence::Kind::Tuple: return add_items("(", sequence, sequence.items.size() == 1 ? ",)" : ")");
        case Sequence::Kind::Keys: return add_items("dict_keys([", sequence, "])");
        case Sequence::Kind::Values: return add_items("dict_values([", sequence, "])");
        case Sequence::Kind::Items: return add_items("dict_items([", sequence, "])");
        default: throw Refusal{"a generator or range that is printed", "a list of it"};
        }
    }

    void add_dict(const Dict& dict) {
        add("{");
        bool first = true;
        for (const auto& [key, value] : dict.entries()) {
            if (!first) add(", ");
            first = false;
            add(key);
            add(": ");
            add(value);
        }
        add("}");
    }

    std::string& out_;
    Budget& budget_;
};

} // namespace

std::string float_text(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    std::array<char, 40> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view scientific(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
    const std::size_t e = scientific.find('e');
    int exponent = 0;
    const std::size_t digits_of_exponent =
        scientific[e + 1] == '+' ? e + 2 : e + 1; // from_chars takes no plus
    std::from_chars(scientific.data() + digits_of_exponent, scientific.data() + scientific.size(), exponent);
    if (exponent < -4 || exponent >= 16) return std::string(scientific);
    const auto fixed_end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    std::string fixed(buffer.data(), fixed_end.ptr);
    return fixed.find('.') == std::string::npos ? fixed + ".0" : fixed;
}

std::string repr(const Value& value, Budget& budget) {
    std::string out;
    Printer(out, budget).add(value);
    return out;
}

std::string to_text(const Value& value, Budget& budget) {
    if (const std::string* bytes = value.text()) return *bytes;
    if (value.is<Undefined>()) return {};
    if (value.is<None>()) return "None";
    if (const bool* found = value.as<bool>()) return *found ? "True" : "False";
    if (const std::int64_t* found = value.as<std::int64_t>()) return std::to_string(*found);
    if (const double* found = value.as<double>()) return float_text(*found);
    if (value.is<SequencePtr>() || value.is<DictPtr>()) return repr(value, budget);
    throw Refusal{std::string(type_name(value)) + " that is printed", "a text, a number, a list or a dict"};
}

} // namespace lora::jinja
