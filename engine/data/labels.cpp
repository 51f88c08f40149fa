#include "engine/data/labels.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_labels = 4096;

std::string place(const Row& row) { return "line " + std::to_string(row.line); }

const std::string& label_of(const Row& row) {
    if (!row.label)
        fail(place(row), "no label", "text and label, a string or an integer",
            "this model is a classifier: it learns a label for each text");
    return *row.label;
}

std::optional<std::int64_t> integer(const std::string& label) {
    std::int64_t value = 0;
    const char* const end = label.data() + label.size();
    const auto [stop, error] = std::from_chars(label.data(), end, value);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

std::string listed(const std::vector<std::string>& labels) {
    static constexpr std::size_t most = 8;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, labels.size()); ++i)
        list += (i ? ", '" : "'") + shown(labels[i], 40) + "'";
    return labels.size() > most ? list + ", …" : list;
}

} // namespace

std::vector<std::string> labels_of(const std::vector<Row>& rows) {
    std::set<std::string> found;
    for (const Row& row : rows) found.insert(label_of(row));
    if (found.size() < 2 || found.size() > most_labels)
        fail("the rows", std::to_string(found.size()) + " different labels",
            "2 to " + std::to_string(most_labels));
    std::vector<std::string> labels(found.begin(), found.end());
    if (std::all_of(
            labels.begin(), labels.end(), [](const auto& label) { return integer(label).has_value(); }))
        std::sort(labels.begin(), labels.end(), [](const std::string& a, const std::string& b) {
            return std::pair(*integer(a), a) < std::pair(*integer(b), b);
        });
    return labels;
}

std::int64_t class_of(const Row& row, const std::vector<std::string>& labels) {
    const std::string& label = label_of(row);
    const auto found = std::find(labels.begin(), labels.end(), label);
    if (found == labels.end())
        fail(place(row), "the label '" + shown(label, 40) + "'", "one of " + listed(labels));
    return found - labels.begin();
}

} // namespace lora
