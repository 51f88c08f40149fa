#include "engine/data/label_names.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lora {

std::optional<double> number_of_label(const std::string& label) {
    double value = 0;
    const char* const end = label.data() + label.size();
    const auto [stop, error] = std::from_chars(label.data(), end, value);
    const bool whole = error == std::errc() && stop == end && std::isfinite(value);
    return whole ? std::optional(value) : std::nullopt;
}

bool are_number_labels(const std::vector<std::string>& labels) {
    return std::all_of(
        labels.begin(), labels.end(), [](const auto& label) { return number_of_label(label).has_value(); });
}

std::optional<std::int64_t> place_of_label(const std::string& label, const std::vector<std::string>& labels) {
    const auto named = std::find(labels.begin(), labels.end(), label);
    if (named != labels.end()) return named - labels.begin();
    const auto value = number_of_label(label);
    if (!value) return std::nullopt;
    const auto equal = std::find_if(
        labels.begin(), labels.end(), [&](const auto& name) { return number_of_label(name) == value; });
    if (equal != labels.end()) return equal - labels.begin();
    const bool have_names = std::none_of(
        labels.begin(), labels.end(), [](const auto& name) { return number_of_label(name).has_value(); });
    const bool is_class =
        *value >= 0 && *value < static_cast<double>(labels.size()) && *value == std::floor(*value);
    return have_names && is_class ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::string listed_labels(const std::vector<std::string>& labels) {
    static constexpr std::size_t most = 8;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, labels.size()); ++i)
        list += (i ? ", '" : "'") + shown(labels[i], 40) + "'";
    return labels.size() > most ? list + ", …" : list;
}

std::vector<std::string> numbered_labels(std::size_t count) {
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < count; ++i) labels.push_back("LABEL_" + std::to_string(i));
    return labels;
}

} // namespace lora
