#pragma once
// Labels as words and as numbers.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// The number that the whole word is.
std::optional<double> number_of_label(const std::string& label);
bool are_number_labels(const std::vector<std::string>& labels);

/// By its name; else by its value where the names are numbers; else by its number where they are not.
std::optional<std::int64_t> place_of_label(const std::string& label, const std::vector<std::string>& labels);

/// "'good', 'bad', …"
std::string listed_labels(const std::vector<std::string>& labels);

/// LABEL_0, LABEL_1, …: what transformers calls outputs without names.
std::vector<std::string> numbered_labels(std::size_t count);

} // namespace lora
