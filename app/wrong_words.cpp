#include "app/wrong_words.h"

#include "engine/error.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// How many letters to leave out, put in or change. Source: Levenshtein, 1966.
std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// None where all are farther away than a slip of the fingers.
std::optional<std::string> nearest_of(const std::vector<std::string>& known, std::string_view word) {
    std::optional<std::string> nearest;
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& each : known)
        if (const std::size_t distance = edit_distance(word, each); distance < best) {
            best = distance;
            nearest = each;
        }
    return nearest;
}

std::vector<std::string> option_names(const CLI::App& verb) {
    std::vector<std::string> names;
    for (const CLI::Option* option : verb.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> verb_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* verb : command.get_subcommands({})) names.push_back(verb->get_name());
    return names;
}

std::string unknown(const std::string& place, const std::string& word, const std::string& kind,
    const std::vector<std::string>& known) {
    const auto meant = nearest_of(known, word);
    return place + ": '" + shown(word) + "' is no " + kind + (meant ? "; did you mean " + *meant + "?" : "")
           + "\n" + place + " --help lists them.\n";
}

} // namespace

std::string wrong_words(const CLI::App* command, const CLI::Error& error) {
    const std::vector<CLI::App*> verbs = command->get_subcommands();
    if (const auto before = command->remaining(); !before.empty()) { // in front of the verb, or in its place
        const std::string& word = before.front();
        if (!word.starts_with("-")) return unknown("lora", word, "verb", verb_names(*command));
        if (!verbs.empty())
            return "lora: '" + shown(word) + "' stands before " + verbs.front()->get_name()
                   + ", whose options come behind it\n";
        return unknown("lora", word, "option", option_names(*command));
    }
    const std::vector<std::string> left = command->remaining(/*recurse=*/true);
    if (left.empty()) return CLI::FailureMessage::simple(command, error);
    const CLI::App& verb = *verbs.front();
    const std::string place = "lora " + verb.get_name();
    const auto option =
        std::find_if(left.begin(), left.end(), [](const std::string& word) { return word.starts_with("-"); });
    if (option != left.end())
        return unknown(place, option->substr(0, option->find('=')), "option", option_names(verb));
    return place + ": '" + shown(left.front()) + "' belongs to no option\n" + place
           + " --help says what it takes.\n";
}

} // namespace lora
