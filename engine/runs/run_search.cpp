// What a run is found by when somebody types. Declared in run_record.h.

#include "engine/runs/run_record.h"
#include "engine/settings/schema.h"
#include "engine/settings/setting_differences.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>

namespace lora {

namespace {

std::string lowered(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

std::string date_of(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm local{};
    char text[16] = "";
    if (localtime_r(&time, &local) == nullptr) return "";
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &local)};
}

/// All of the text as a number, with a point or a comma.
std::optional<double> number_in(std::string_view text) {
    std::string pointed(text);
    std::replace(pointed.begin(), pointed.end(), ',', '.');
    double number = 0;
    const char* end = pointed.data() + pointed.size();
    const auto read = std::from_chars(pointed.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

/// Such as loss<1.6.
struct Comparison {
    std::string name; ///< without what stands before its last point, as in the text that is searched
    bool greater = false;
    bool or_equal = false;
    std::string value;

    bool holds(double found, double asked) const {
        return (or_equal && found == asked) || (greater ? found > asked : found < asked);
    }
};

std::optional<Comparison> comparison_in(const std::string& word) {
    const std::size_t at = word.find_first_of("<>");
    if (at == 0 || at == std::string::npos) return std::nullopt;
    const bool or_equal = at + 1 < word.size() && word[at + 1] == '=';
    const std::string name = word.substr(0, at);
    return Comparison{
        name.substr(name.rfind('.') + 1), word[at] == '>', or_equal, word.substr(at + (or_equal ? 2 : 1))};
}

bool holds_in(const std::string& search_text, const Comparison& comparison) {
    if (comparison.value.empty()) return true; // still being typed
    const auto asked = number_in(comparison.value);
    if (!asked) return false;
    const std::string begin = comparison.name + "=";
    std::istringstream lines(search_text);
    for (std::string line; std::getline(lines, line);) {
        if (line.compare(0, begin.size(), begin) != 0) continue;
        const auto found = number_in(std::string_view(line).substr(begin.size()));
        if (found && comparison.holds(*found, *asked)) return true;
    }
    return false;
}

} // namespace

std::string search_text(const RunListing& run) {
    std::string text = run.name + "\n" + run.notes.title + "\n";
    text += date_of(run.changed) + "\n" + run.notes.text + "\n";
    for (const std::string& tag : run.notes.tags) text += "tag:" + tag + "\n";
    for (const auto& [place, value] : flat_settings(run.settings)) {
        const Setting* setting = find_setting(place);
        const bool is_path = setting != nullptr && setting->kind == SettingKind::Path;
        const std::string shown =
            is_path ? std::filesystem::path(value).filename().string() : value; // not the folders above it
        if (setting != nullptr && setting->kind == SettingKind::Lines)
            continue; // each line would be one of these
        text += place.substr(place.rfind('.') + 1) + "=" + shown + "\n";
    }
    text += "step=" + std::to_string(run.steps_done) + "\n";
    if (run.loss) text += "loss=" + text_of(Json(*run.loss)) + "\n";
    if (run.evaluation) text += "evaluation=" + text_of(Json(*run.evaluation)) + "\n";
    return lowered(text);
}

bool matches(const std::string& search_text, const std::string& words) {
    std::istringstream stream(lowered(words));
    for (std::string word; stream >> word;) {
        const auto comparison = comparison_in(word);
        const bool found =
            comparison ? holds_in(search_text, *comparison) : search_text.find(word) != std::string::npos;
        if (!found) return false;
    }
    return true;
}

} // namespace lora
