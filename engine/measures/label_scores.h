#pragma once
// How well a classifier's answers fit the labels, beside its loss: F1 and exact matches of several labels,
// correlations of numbers.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// A score by its name in events, "micro_f1".
struct Score {
    std::string name;
    double value = 0;
    bool operator==(const Score&) const = default;
};

struct ScoreSheet {
    const char* name;  ///< "micro_f1"
    const char* title; ///< "Micro F1"
    bool is_share;     ///< from 0 to 1, told in per cent
};
/// All that there are, in the order in which they are told.
std::span<const ScoreSheet> score_sheets();
/// Throws Error for a name that none has.
const ScoreSheet& score_sheet(std::string_view name);

/// What becomes of several labels a text, added up: of each class how often it was found, claimed wrongly and
/// missed, and how many texts had all labels right. As doubles, so that ranks can add theirs.
class LabelCounts {
public:
    explicit LabelCounts(std::size_t classes) : found_(classes), wrong_(classes), missed_(classes) {}

    /// A text's scores and its labels (1 or 0), one for each class; a score above 0 claims the class.
    void add(std::span<const float> scores, std::span<const float> labels);
    /// exact_match, micro_f1 and macro_f1. F1 = 2·found / (2·found + wrong + missed), 0 where nothing is
    /// there; macro is the mean over the classes.
    std::vector<Score> scores() const;

    std::vector<double> numbers() const;
    void take_numbers(std::span<const double> numbers);

private:
    std::vector<double> found_, wrong_, missed_;
    double exact_ = 0, texts_ = 0;
};

/// Of the numbers that were said and those that are right, each `outputs` a text, one text after the other:
/// mse, and pearson and spearman, means over the outputs, where both sides of each output vary. Equal numbers
/// share their mean rank.
std::vector<Score> number_scores(
    std::span<const double> said, std::span<const double> right, std::size_t outputs);

} // namespace lora
