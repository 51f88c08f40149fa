#pragma once
// What a model is there to learn.

#include <array>
#include <string_view>
#include <utility>

namespace lora {

enum class Task {
    NextToken,      ///< the token after each
    Classification, ///< what a list of labels says of a whole text
};

/// How a classifier's scores stand to its labels.
enum class Problem {
    Unsaid,      ///< nothing tells: the labels themselves do
    SingleLabel, ///< a text has one class: cross-entropy
    MultiLabel,  ///< a text has any number of classes: binary cross-entropy of each
    Regression,  ///< a text has a number, or several: mean squared error
};

/// Each with the word that config.json's problem_type has for it.
inline constexpr std::array<std::pair<Problem, const char*>, 4> problem_words{
    {{Problem::Unsaid, "auto"}, {Problem::SingleLabel, "single_label_classification"},
        {Problem::MultiLabel, "multi_label_classification"}, {Problem::Regression, "regression"}}};

constexpr const char* name(Problem problem) {
    return problem_words.at(static_cast<std::size_t>(problem)).second;
}

/// Unsaid for a word that is none of a problem's.
constexpr Problem problem_of(std::string_view word) {
    for (const auto& [problem, own] : problem_words)
        if (word == own) return problem;
    return Problem::Unsaid;
}

} // namespace lora
