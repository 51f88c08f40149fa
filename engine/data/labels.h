#pragma once
// The labels of a dataset: what they are to be learned as, each class with its number, each row's own.

#include "engine/data/goal.h"
#include "engine/data/row.h"
#include "engine/task.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lora {

struct Example;

/// The labels of a file, collected row by row.
class LabelSet {
public:
    /// Of a regression no names are kept.
    explicit LabelSet(Problem problem = Problem::Unsaid) : problem_(problem) {}

    /// Throws Error with the row's place where it has no label, or one that cannot stand beside those before:
    /// other columns, or a broken number among names.
    void add(const Row& row);
    /// Each name once: by value where all are numbers, else as text. Throws Error for too many.
    std::vector<std::string> ordered() const;

    /// What the labels look like: several a row, or broken numbers, or else one class each.
    Problem problem() const;
    /// Whether all are numbers.
    bool are_numbers() const { return numbers_; }
    /// Whether every row has a list of as many 0 and 1, which stand for classes by their place.
    bool are_flags() const { return several_ && flags_ && columns_.empty() && width() > 1; }
    /// How many values every row has; 0: not the same everywhere.
    std::size_t width() const { return width_.value_or(0); }
    const std::vector<std::string>& columns() const { return columns_; }

private:
    void add_value(const std::string& value);

    Problem problem_;
    std::set<std::string> found_;
    std::size_t bytes_ = 0;
    bool too_many_ = false;
    bool empty_ = true, several_ = false, numbers_ = true, fractions_ = false, flags_ = true;
    std::optional<std::size_t> width_;
    std::vector<std::string> columns_;
};

/// What a classifier learns of a dataset's labels.
struct Classes {
    std::vector<std::string> labels; ///< by class; of a regression a name for each number
    std::string word = {};           ///< sentences where that was guessed or is not what the goal proposed
    Problem problem = Problem::SingleLabel;
    bool flags = false; ///< lists are 0 and 1 for the classes in their order, not the classes' names
};

/// What the goal's classes and one class of each row, in their order, come to. Throws Error where they do not
/// fit, or are fewer than two.
Classes classes_of(std::vector<std::string> found, const Goal& goal);

/// The same of any labels. Where the goal does not say what the problem is, one output and numbers make it a
/// regression, as transformers has it; else the labels' look decides.
Classes learned_classes(const LabelSet& found, const Goal& goal);

/// The row's place in the list: by name; or, where the list is of names, a whole number is the class itself.
/// Throws Error with the row's place where it has no label or another one.
std::int64_t class_of(const Row& row, const std::vector<std::string>& labels);

/// Gives an example the row's label or values. Throws Error for a row that has none, or others than the
/// classes.
void put_label(Example& example, const Row& row, const Classes& classes);

/// What an example is labelled with, for people: "bad"; "toxic, rude", or "none" of several classes; "3.8".
/// Empty where its tokens are learned.
std::string label_words(const Example& example, const std::vector<std::string>& labels);

} // namespace lora
