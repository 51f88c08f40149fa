#include "engine/data/labels.h"

#include "engine/error.h"
#include "engine/files/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_labels = 4096;
constexpr std::size_t most_bytes = 256 << 10;

const std::string& label_of(const Row& row) {
    if (!row.label)
        fail("label", row.no_label.empty() ? "no label" : row.no_label,
            "text and label, a string, a whole number, true or false",
            "this model is a classifier: it learns a label for each text");
    return *row.label;
}

std::optional<double> number(const std::string& label) {
    double value = 0;
    const char* const end = label.data() + label.size();
    const auto [stop, error] = std::from_chars(label.data(), end, value);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

bool are_numbers(const std::vector<std::string>& labels) {
    return std::all_of(
        labels.begin(), labels.end(), [](const auto& label) { return number(label).has_value(); });
}

/// By its name; else by its value where the names are numbers; else by its number where they are not.
std::optional<std::int64_t> place_of(const std::string& label, const std::vector<std::string>& labels) {
    const auto named = std::find(labels.begin(), labels.end(), label);
    if (named != labels.end()) return named - labels.begin();
    const auto value = number(label);
    if (!value) return std::nullopt;
    const auto equal =
        std::find_if(labels.begin(), labels.end(), [&](const auto& name) { return number(name) == value; });
    if (equal != labels.end()) return equal - labels.begin();
    const bool have_names =
        std::none_of(labels.begin(), labels.end(), [](const auto& name) { return number(name).has_value(); });
    const bool is_class =
        *value >= 0 && *value < static_cast<double>(labels.size()) && *value == std::floor(*value);
    return have_names && is_class ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::string listed(const std::vector<std::string>& labels) {
    static constexpr std::size_t most = 8;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, labels.size()); ++i)
        list += (i ? ", '" : "'") + shown(labels[i], 40) + "'";
    return labels.size() > most ? list + ", …" : list;
}

} // namespace

void LabelSet::add(const Row& row) {
    // run.json and the adapter carry them all, as JSON writes them.
    if (const auto [label, is_new] = found_.insert(label_of(row)); is_new)
        bytes_ += Json(*label).dump(-1, ' ', false, Json::error_handler_t::replace).size();
    if (bytes_ > most_bytes)
        fail("label", "labels of more than " + std::to_string(most_bytes) + " bytes together",
            "shorter names");
    if (found_.size() > most_labels)
        fail("label", "more than " + std::to_string(most_labels) + " different labels",
            "2 to " + std::to_string(most_labels));
}

std::vector<std::string> LabelSet::ordered() const {
    std::vector<std::string> labels(found_.begin(), found_.end());
    if (are_numbers(labels))
        std::sort(labels.begin(), labels.end(), [](const std::string& a, const std::string& b) {
            return std::pair(*number(a), a) < std::pair(*number(b), b);
        });
    return labels;
}

Classes classes_of(std::vector<std::string> found, const Goal& goal) {
    const std::size_t count = found.size(), classes = goal.labels.size();
    const bool fits = std::all_of(found.begin(), found.end(),
        [&](const std::string& label) { return place_of(label, goal.labels).has_value(); });
    const bool names_numbers = goal.numbered && count == classes && (!fits || goal.replaceable);
    if (classes > 0 && fits && !names_numbers) return {goal.labels, ""};
    if (classes > 0 && !names_numbers && !goal.replaceable)
        fail("the rows", std::to_string(count) + " labels (" + listed(found) + ")",
            "the " + std::to_string(classes) + " classes of the head");
    if (count < 2)
        fail("the rows", std::to_string(count) + " different labels", "2 to " + std::to_string(most_labels));
    std::string word;
    if (names_numbers && !are_numbers(found))
        word =
            "the model's classes have no names; the labels take their numbers in the order of the alphabet: "
            + listed(found);
    else if (classes > 0 && !names_numbers)
        word = "the labels (" + listed(found) + ") are not the model's own classes (" + listed(goal.labels)
               + "): its head is not gone on with, a new one is trained";
    return {std::move(found), word};
}

std::int64_t class_of(const Row& row, const std::vector<std::string>& labels) {
    const std::string& label = label_of(row);
    if (const auto place = place_of(label, labels)) return *place;
    fail("label", "'" + shown(label, 40) + "'", "one of " + listed(labels));
}

} // namespace lora
