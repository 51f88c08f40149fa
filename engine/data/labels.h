#pragma once
// The labels of a dataset, each with its number.

#include "engine/data/goal.h"
#include "engine/data/row.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace lora {

/// The labels of a file, collected row by row.
class LabelSet {
public:
    /// Throws Error with the row's place where it has no label.
    void add(const Row& row);
    /// Each label once: by value where all are numbers, else as text.
    std::vector<std::string> ordered() const;

private:
    std::set<std::string> found_;
    std::size_t bytes_ = 0;
};

/// The labels by class, and a sentence where that was guessed or is not what the goal proposed.
struct Classes {
    std::vector<std::string> labels;
    std::string word;
};

/// What the goal's labels and those of the file, in their order, come to. Throws Error where they do not fit,
/// or are fewer than two.
Classes classes_of(std::vector<std::string> found, const Goal& goal);

/// The row's place in the list: by name; or, where the list is of names, a whole number is the class itself.
/// Throws Error with the row's place where it has no label or another one.
std::int64_t class_of(const Row& row, const std::vector<std::string>& labels);

} // namespace lora
