#pragma once
// One setting of a run as a row of a table: where it lies, what it is called in run.json, on the command line
// and in the window, what it means and which values it takes. JSON, faults, options, the equal command, the
// window's form and the axes of sweeps follow from rows like this one.

#include "engine/files/json.h"
#include "engine/run_settings/field_values.h"
#include "engine/run_settings/words.h"

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lora {

/// The part of the set-up that a setting belongs to.
enum class SettingGroup { Model, Data, Method, Targets, Rank, Training };

struct Choice {
    std::string word;  ///< in run.json and on the command line
    std::string label; ///< in the window
};

/// Which numbers are taken, the ends included unless it says otherwise.
struct Range {
    double lowest = -std::numeric_limits<double>::infinity();
    double highest = std::numeric_limits<double>::infinity();
    bool above = false; ///< the lowest itself is not taken
    bool below = false; ///< nor the highest
    bool holds(double value) const;
    std::string words() const; ///< "1 to 65536", "a number above 0"
    /// The same to somebody who gave a number outside: the end that words() takes for granted is named where
    /// it was passed, "a number above 0, at most 1000000000".
    std::string words_for(double outside) const;
};

constexpr double most_of_all = 1e9; ///< far above any use, far below overflow in products of two

struct Setting {
    std::string path;  ///< in run.json: "training.weight_decay"
    std::string label; ///< in the window: "Weight decay"
    std::string help;  ///< what it does, in a sentence or two
    SettingKind kind = SettingKind::Text;
    /// As run.json has it, and back; false where the value is of another kind.
    std::function<Json(const RunSettings&)> get;
    std::function<bool(RunSettings&, const Json&)> set;

    std::string option; ///< without hyphens: "weight-decay"; of a flag that is usually on "no-shuffle"
    SettingGroup group = SettingGroup::Training;
    bool advanced = false;  ///< seldom needed: behind a fold
    std::string unit = {};  ///< "steps"
    std::string empty = {}; ///< what 0, or none, means: "all cores"
    bool optional = false;  ///< it can be none
    bool doubles = false;   ///< its arrows in the window double and halve it
    bool needs_gpu = false; ///< it does something on a GPU alone
    /// A run can go on with another value: what it learns differs by rounding and by chance alone.
    bool changes_on_resume = false;
    bool whole = false;               ///< the numbers of a pattern are whole ones
    Range range = {};                 ///< of a count, a number, or each of a pattern
    std::vector<Choice> choices = {}; ///< of a word
    /// What else its value must be, and that in words.
    std::function<bool(const Json&)> fits = {};
    std::string expected = {};
    bool given_by_adapter = false; ///< an adapter to start from decides it
    std::string instead_of = {};   ///< another setting, which goes to none when this one gets a value
    std::string follows = {};      ///< another setting, which `usual` is told by
    std::function<Json(const RunSettings&)> usual = {};

    // For tables: each gives the row back with one thing more said of it.
    Setting called(std::string word) &&;
    Setting in(SettingGroup part) &&;
    Setting rarely() &&; ///< advanced
    Setting measured_in(std::string word) &&;
    Setting or_empty(std::string meaning) &&;
    Setting from(double lowest) &&; ///< and as far as most_of_all
    Setting above(double lowest) &&;
    Setting to(double highest) &&;
    Setting below(double highest) &&;
    Setting must(std::function<bool(const Json&)> holds, std::string in_words) &&;
    Setting of_new_adapter() &&; ///< given_by_adapter
    Setting displacing(std::string other) &&;
    Setting following(std::string other, std::function<Json(const RunSettings&)> value) &&;
    Setting file() &&; ///< the text is a path
    Setting doubling() &&;
    Setting on_gpu() &&;
    Setting free_on_resume() &&;

    std::string name() const; ///< the path's last part
    Json initial() const;     ///< what a run has where nobody says otherwise
    /// Gives it a value; none gives it back its initial one. Throws Error naming `where` for another kind.
    void put(RunSettings& settings, const Json& value, const std::string& where) const;
    /// What an option's text means; throws Error naming `where`.
    Json parsed(const std::string& text, const std::string& where) const;
    /// Which values there are, in words: "a whole number".
    std::string kinds() const;
};

/// A value as an option's text has it: "0.0002", "q_proj=4,v_proj=8"; nothing for none.
std::string text_of(const Json& value);
/// The whole text as a number; null where it is no such number.
Json number_in(const std::string& text, bool whole);
/// The shortest text that gives the number back: "2e-5", "16384".
std::string number_text(double value);

/// The row of the field at `place`, a function that takes settings and const settings alike.
template <class Place>
Setting setting(std::string path, std::string label, std::string help, Place place) {
    using Field = std::remove_cvref_t<std::invoke_result_t<Place, RunSettings&>>;
    Setting made;
    made.path = std::move(path);
    made.label = std::move(label);
    made.help = std::move(help);
    made.kind = kind_of_field<Field>();
    made.optional = std::is_same_v<Field, std::optional<std::int64_t>>;
    made.whole = std::is_same_v<Field, RankPattern>;
    made.get = [place](const RunSettings& settings) { return json_of(place(settings)); };
    made.set = [place](
                   RunSettings& settings, const Json& value) { return read_field(value, place(settings)); };
    if constexpr (std::is_enum_v<Field>)
        for (const Word<Field>& each : words_of(Field{})) made.choices.push_back({each.word, each.label});
    made.option = made.name();
    for (char& letter : made.option)
        if (letter == '_') letter = '-';
    if (made.kind == SettingKind::Flag && made.initial() == true) made.option.insert(0, "no-");
    return made;
}

} // namespace lora
