#include "engine/run_settings/setting.h"

#include "engine/error.h"
#include "engine/targets/rank_pattern.h"

#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

namespace lora {

namespace {

/// The lines of a text, each without the spaces around it; empty ones are none.
std::vector<std::string> lines_in(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) {
        const std::size_t first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos) continue;
        lines.push_back(line.substr(first, line.find_last_not_of(" \t\r") + 1 - first));
    }
    return lines;
}

/// The whole text as a number; none where it is no such number.
template <class T>
Json number_of(const std::string& text) {
    T value{};
    const char* end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, value);
    return fault == std::errc() && rest == end ? Json(value) : Json();
}

} // namespace

bool Range::holds(double value) const {
    return std::isfinite(value) && (above ? value > lowest : value >= lowest)
           && (below ? value < highest : value <= highest);
}

std::string Range::words() const {
    const std::string low = number_text(lowest), high = number_text(highest);
    if (highest >= most_of_all) return above ? "a number above " + low : low + " or above";
    if (!above) return low + (below ? " to below " : " to ") + high;
    return below ? "a number between " + low + " and " + high : "a number above " + low + ", at most " + high;
}

std::string Range::words_for(double outside) const {
    return words() + (highest == most_of_all && outside > highest ? ", at most " + number_text(highest) : "");
}

Setting Setting::called(std::string word) && {
    option = std::move(word);
    return std::move(*this);
}
Setting Setting::in(SettingGroup part) && {
    group = part;
    return std::move(*this);
}
Setting Setting::rarely() && {
    advanced = true;
    return std::move(*this);
}
Setting Setting::measured_in(std::string word) && {
    unit = std::move(word);
    return std::move(*this);
}
Setting Setting::or_empty(std::string meaning) && {
    empty = std::move(meaning);
    return std::move(*this);
}
Setting Setting::from(double lowest) && {
    range.lowest = lowest;
    range.highest = most_of_all;
    return std::move(*this);
}
Setting Setting::above(double lowest) && {
    range.above = true;
    return std::move(*this).from(lowest);
}
Setting Setting::to(double highest) && {
    range.highest = highest;
    return std::move(*this);
}
Setting Setting::below(double highest) && {
    range.below = true;
    return std::move(*this).to(highest);
}
Setting Setting::must(std::function<bool(const Json&)> holds, std::string in_words) && {
    fits = std::move(holds);
    expected = std::move(in_words);
    return std::move(*this);
}
Setting Setting::of_new_adapter() && {
    given_by_adapter = true;
    return std::move(*this);
}
Setting Setting::displacing(std::string other) && {
    instead_of = std::move(other);
    return std::move(*this);
}
Setting Setting::following(std::string other, std::function<Json(const RunSettings&)> value) && {
    follows = std::move(other);
    usual = std::move(value);
    return std::move(*this);
}
Setting Setting::file() && {
    kind = SettingKind::Path;
    return std::move(*this);
}

Setting Setting::doubling() && {
    doubles = true;
    return std::move(*this);
}
Setting Setting::on_gpu() && {
    needs_gpu = true;
    return std::move(*this);
}
Setting Setting::free_on_resume() && {
    changes_on_resume = true;
    return std::move(*this);
}

std::string Setting::name() const { return path.substr(path.rfind('.') + 1); }

Json Setting::initial() const { return get(RunSettings{}); }

void Setting::put(RunSettings& settings, const Json& value, const std::string& where) const {
    if (!set(settings, value.is_null() ? initial() : value))
        fail(where, value.is_string() ? "'" + shown(value.get<std::string>()) + "'" : shown(value.dump()),
            kinds());
}

Json Setting::parsed(const std::string& text, const std::string& where) const {
    Json value;
    switch (kind) {
    case SettingKind::Flag:
        value = text == "true" ? Json(true) : text == "false" ? Json(false) : Json();
        break;
    case SettingKind::Count: value = number_in(text, /*whole=*/true); break;
    case SettingKind::Number: value = number_in(text, /*whole=*/false); break;
    case SettingKind::Pattern:
        return whole ? json_of(rank_pattern(text, where)) : json_of(alpha_pattern(text, where));
    case SettingKind::Lines: value = lines_in(text); break;
    case SettingKind::Word:
    case SettingKind::Text:
    case SettingKind::Path: value = text; break;
    }
    RunSettings unused;
    if (value.is_null() || !set(unused, value)) fail(where, "'" + shown(text) + "'", kinds());
    return value;
}

std::string Setting::kinds() const {
    switch (kind) {
    case SettingKind::Flag: return "true or false";
    case SettingKind::Count: return range.lowest < 0 ? "a whole number" : "a whole number, 0 or above";
    case SettingKind::Number: return "a number";
    case SettingKind::Pattern: return "names with a number each";
    case SettingKind::Lines: return "a list of texts";
    case SettingKind::Text:
    case SettingKind::Path: return "text";
    case SettingKind::Word: break;
    }
    std::string known;
    for (const Choice& each : choices) known += (known.empty() ? "" : ", ") + each.word;
    return "one of " + known;
}

Json number_in(const std::string& text, bool whole) {
    if (!whole) return number_of<double>(text);
    Json value = number_of<std::int64_t>(text);
    return value.is_null() ? number_of<std::uint64_t>(text) : value; // those of 64 bits
}

std::string number_text(double value) {
    char digits[32];
    if (std::abs(value) < 1e15 && value == std::trunc(value))
        return {digits,
            std::to_chars(std::begin(digits), std::end(digits), static_cast<std::int64_t>(value)).ptr};
    const auto end =
        std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general).ptr;
    std::string text(digits, end);
    const std::size_t exponent = text.find('e');
    if (exponent == std::string::npos) return text;
    // "2e-05" is written 2e-5, "1e+20" 1e20
    const std::string sign = text[exponent + 1] == '-' ? "-" : "";
    const std::size_t first = text.find_first_not_of("+-0", exponent + 1);
    return text.substr(0, exponent + 1) + sign + text.substr(first);
}

std::string text_of(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return number_text(value.get<double>());
    std::string text;
    if (value.is_array()) {
        for (const Json& line : value) text += (text.empty() ? "" : "\n") + line.get<std::string>();
        return text;
    }
    if (!value.is_object()) return value.dump();
    for (const auto& [key, each] : value.items()) {
        text += text.empty() ? "" : ",";
        text += key;
        text += "=" + text_of(each);
    }
    return text;
}

} // namespace lora
