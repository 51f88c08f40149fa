#pragma once
// The labels of a dataset, each with its number. Knows no torch.

#include "engine/files/rows.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// Every label of the rows once: integers by value where all are, else as text. Throws Error naming the line
/// of a row without one, and for fewer than two.
std::vector<std::string> labels_of(const std::vector<Row>& rows);

/// The row's place in the list. Throws Error with its line where the row has no label or another one.
std::int64_t class_of(const Row& row, const std::vector<std::string>& labels);

} // namespace lora
