// Filters that make a text.

#include "engine/templates/arithmetic.h"
#include "engine/templates/characters.h"
#include "engine/templates/filters.h"
#include "engine/templates/items.h"
#include "engine/templates/methods.h"
#include "engine/templates/operators.h"
#include "engine/templates/value_json.h"
#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

bool is_markup(const Value& value) { return value.is<Text>() && value.as<Text>()->markup; }

Value trim(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "trim", {"chars"});
    const std::string bytes = to_text(input, budget);
    const bool all = !given.has(0) || given.at(0).is<None>();
    const std::string* set = all ? nullptr : &given.text(0);
    budget.spend_bytes(bytes.size());
    return text(std::string(stripped_right(stripped_left(bytes, set), set)), is_markup(input));
}

template <std::string (*Change)(std::string_view)>
Value in_case(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "upper, lower or capitalize", {});
    const std::string bytes = to_text(input, budget);
    budget.spend_bytes(2 * bytes.size());
    return text(Change(bytes), is_markup(input));
}

// Other than str.title: words begin after white space and opening marks only.
std::string with_titled_words(std::string_view bytes) {
    std::string out;
    std::string word;
    for (std::size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        const std::string_view letter = bytes.substr(at, character.bytes);
        const bool parts =
            is_space(character.code) || std::string_view("-({[<").find(letter) != std::string_view::npos;
        if (parts) {
            out += capitalized(word);
            out += letter;
            word.clear();
        } else {
            word += letter;
        }
        at += character.bytes;
    }
    return out + capitalized(word);
}

Value replace(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "replace", {"old", "new", "count"});
    const bool all = !given.has(2) || given.at(2).is<None>();
    return text(replaced(to_text(input, budget), to_text(given.at(0), budget), to_text(given.at(1), budget),
        all ? -1 : given.integer_or(2, -1), budget));
}

Value string(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "string", {});
    return input.is<Text>() ? input : text(to_text(input, budget));
}

Value safe(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "safe", {});
    return text(to_text(input, budget), /*markup=*/true);
}

Value escape(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "escape", {});
    return is_markup(input) ? input : text(html_escaped(to_text(input, budget), budget), /*markup=*/true);
}

Value indent(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "indent", {"width", "first", "blank"});
    const Value width = given.value_or(0, integer(4));
    if (input.text() == nullptr) throw Refusal{"indent of " + std::string(type_name(input)), "a text"};
    constexpr std::int64_t most = 10'000;
    if (width.text() == nullptr && (!whole(width) || *whole(width) > most))
        throw Refusal{"an indent of no width", "a text or a number up to " + std::to_string(most)};
    const auto spaces =
        width.text() != nullptr ? 0 : static_cast<std::size_t>(std::max<std::int64_t>(*whole(width), 0));
    const std::string indention = width.text() != nullptr ? *width.text() : std::string(spaces, ' ');
    const bool blank = given.truth_or(2, false);
    std::string out;
    if (given.truth_or(1, false)) budget.append(out, indention);
    bool first = true;
    for (const Value& line : split_lines(*input.text() + "\n", /*keep_ends=*/false, budget)) {
        if (!first) budget.append(out, "\n");
        if (!first && (blank || !line.text()->empty())) budget.append(out, indention);
        first = false;
        budget.append(out, *line.text());
    }
    return text(std::move(out), is_markup(input));
}

Value tojson(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "tojson", {"ensure_ascii", "indent", "separators", "sort_keys"});
    JsonStyle style;
    style.ensure_ascii = given.truth_or(0, false);
    style.sort_keys = given.truth_or(3, false);
    if (const Value indent = given.value_or(1, none()); !indent.is<None>()) {
        constexpr std::int64_t most = 100;
        style.indented = true;
        style.item_separator = ",";
        if (indent.text() == nullptr && (!whole(indent) || *whole(indent) > most))
            throw Refusal{"an indent of no width", "a text or a number up to " + std::to_string(most)};
        style.indent =
            indent.text() != nullptr
                ? *indent.text()
                : std::string(static_cast<std::size_t>(std::max<std::int64_t>(*whole(indent), 0)), ' ');
    }
    if (const Value separators = given.value_or(2, none()); !separators.is<None>()) {
        const std::vector<Value> two = items_of(separators, budget);
        if (two.size() != 2 || two[0].text() == nullptr || two[1].text() == nullptr)
            throw Refusal{"separators that are not two texts", "one between items and one behind keys"};
        style.item_separator = *two[0].text();
        style.key_separator = *two[1].text();
    }
    return text(to_json(input, style, budget));
}

Value format(const Value& input, const Arguments& arguments, Budget& budget) {
    if (!arguments.named.empty()) throw Refusal{"named values for 'format'", "values without names"};
    return formatted(to_text(input, budget), sequence(arguments.positional, Sequence::Kind::Tuple), budget);
}

} // namespace

const std::vector<NamedFilter>& text_filters() {
    static const std::vector<NamedFilter> filters{{"trim", trim}, {"upper", in_case<upper>},
        {"lower", in_case<lower>}, {"capitalize", in_case<capitalized>},
        {"title", in_case<with_titled_words>}, {"replace", replace}, {"string", string}, {"safe", safe},
        {"escape", escape}, {"e", escape}, {"indent", indent}, {"tojson", tojson}, {"format", format}};
    return filters;
}

} // namespace lora::jinja
