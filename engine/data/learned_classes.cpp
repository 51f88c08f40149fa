// What a model's own classes and a file's labels come to. Declared in labels.h.

#include "engine/data/label_names.h"
#include "engine/data/labels.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

std::string head_word(const std::vector<std::string>& found, const std::vector<std::string>& own) {
    return "the labels (" + listed_labels(found) + ") are not the model's own classes (" + listed_labels(own)
           + "): its head is not gone on with, a new one is trained";
}

/// Outputs that stand in the rows' own order, under these names or, for none, under numbers.
std::vector<std::string> outputs_of(const LabelSet& found, const Goal& goal, std::string& word) {
    const std::vector<std::string>& columns = found.columns();
    const std::size_t count = found.width();
    if (count == 0) fail("the rows", "labels of different numbers of values", "as many in every row");
    const bool fits = goal.labels.size() == count;
    const bool known = fits && std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
        return std::find(goal.labels.begin(), goal.labels.end(), column) != goal.labels.end();
    });
    if (known) return goal.labels;
    std::vector<std::string> own = columns.empty() ? numbered_labels(count) : columns;
    if (goal.labels.empty() || (goal.numbered && fits)) return own;
    if (!goal.replaceable)
        fail("the rows", std::to_string(count) + " values each",
            "the " + std::to_string(goal.labels.size()) + " outputs of the head, "
                + listed_labels(goal.labels));
    word = head_word(own, goal.labels);
    return own;
}

Problem problem_for(const LabelSet& found, const Goal& goal) {
    if (goal.problem != Problem::Unsaid) return goal.problem;
    const bool one_output = goal.labels.size() == 1 && found.are_numbers() && found.width() == 1;
    return one_output ? Problem::Regression : found.problem();
}

/// Why it is learned so, where nobody said it.
std::string guess_word(Problem problem, const LabelSet& found, const Goal& goal) {
    if (goal.problem != Problem::Unsaid || problem == Problem::SingleLabel) return {};
    if (problem == Problem::MultiLabel)
        return "nothing says the problem_type; the rows have several labels each: every class is learned by "
               "itself (multi-label)";
    return std::string("nothing says the problem_type; ")
           + (found.problem() == Problem::Regression ? "the labels are numbers" : "the head has one output")
           + ": they are learned as numbers (regression)";
}

} // namespace

Classes classes_of(std::vector<std::string> found, const Goal& goal) {
    const std::size_t count = found.size(), classes = goal.labels.size();
    const bool fits = std::all_of(found.begin(), found.end(),
        [&](const std::string& label) { return place_of_label(label, goal.labels).has_value(); });
    const bool names_numbers = goal.numbered && count == classes && (!fits || goal.replaceable);
    if (classes > 0 && fits && !names_numbers) return {goal.labels, ""};
    if (classes > 0 && !names_numbers && !goal.replaceable)
        fail("the rows", std::to_string(count) + " labels (" + listed_labels(found) + ")",
            "the " + std::to_string(classes) + " classes of the head (" + listed_labels(goal.labels) + ")");
    if (count < 2) fail("the rows", std::to_string(count) + " different labels", "2 to 4096");
    std::string word;
    if (names_numbers && !are_number_labels(found))
        word =
            "the model's classes have no names; the labels take their numbers in the order of the alphabet: "
            + listed_labels(found);
    else if (classes > 0 && !names_numbers)
        word = head_word(found, goal.labels);
    return {std::move(found), word};
}

Classes learned_classes(const LabelSet& found, const Goal& goal) {
    const Problem problem = problem_for(found, goal);
    const bool flags = goal.flags.value_or(problem == Problem::MultiLabel && found.are_flags());
    Classes classes;
    const bool ordered = problem == Problem::Regression
                         || (problem == Problem::MultiLabel && (flags || !found.columns().empty()));
    if (ordered)
        classes.labels = outputs_of(found, goal, classes.word);
    else
        classes = classes_of(found.ordered(), goal);
    classes.problem = problem;
    classes.flags = flags;
    if (std::string guess = guess_word(problem, found, goal); !guess.empty())
        classes.word = guess + (classes.word.empty() ? "" : "; " + classes.word);
    return classes;
}

} // namespace lora
