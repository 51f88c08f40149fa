#include "engine/data/labels.h"

#include "engine/data/example.h"
#include "engine/data/label_names.h"
#include "engine/error.h"
#include "engine/files/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_labels = 4096;
constexpr std::size_t most_bytes = 256 << 10;

[[noreturn]] void refuse_label(const Row& row, const char* expected) {
    fail("label", row.no_label.empty() ? "no label" : row.no_label, expected,
        "this model is a classifier: it learns a label for each text");
}

const std::string& label_of(const Row& row) {
    if (!row.label) refuse_label(row, "text and label, a string, a whole number, true or false");
    return *row.label;
}

/// What the row has of labels or numbers, one after the other.
std::vector<std::string> values_of(const Row& row) {
    if (row.several) return row.labels;
    if (row.label) return {*row.label};
    if (!number_of_label(row.no_label)) refuse_label(row, "a string, a number, true or false, or a list");
    return {row.no_label};
}

bool is_fraction(double value) { return std::trunc(value) != value; }

/// The row's numbers, one for each label: of several columns by their names where the labels have the same.
std::vector<float> numbers_of(const Row& row, const std::vector<std::string>& labels) {
    const std::vector<std::string> values = values_of(row);
    if (values.size() != labels.size())
        fail("label", std::to_string(values.size()) + " values", std::to_string(labels.size()));
    const auto place = [&](std::size_t i) {
        if (row.label_columns.empty()) return i;
        const auto named = std::find(labels.begin(), labels.end(), row.label_columns[i]);
        return named == labels.end() ? i : static_cast<std::size_t>(named - labels.begin());
    };
    std::vector<float> numbers(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto number = number_of_label(values[i]);
        if (!number || std::abs(*number) > std::numeric_limits<float>::max())
            fail("label", "'" + shown(values[i], 40) + "'", "a number, as a regression learns them");
        numbers[place(i)] = static_cast<float>(*number);
    }
    return numbers;
}

/// 1 for each class that the row has, else 0.
std::vector<float> flags_of(const Row& row, const Classes& classes) {
    if (!row.label_columns.empty() || (row.several && classes.flags)) {
        std::vector<float> flags = numbers_of(row, classes.labels);
        for (const float flag : flags)
            if (flag != 0 && flag != 1)
                fail("label", std::to_string(flag), "0 or 1, whether the text has the class");
        return flags;
    }
    std::vector<float> flags(classes.labels.size(), 0);
    for (const std::string& value : values_of(row)) {
        const auto place = place_of_label(value, classes.labels);
        if (!place) fail("label", "'" + shown(value, 40) + "'", "one of " + listed_labels(classes.labels));
        flags[static_cast<std::size_t>(*place)] = 1;
    }
    return flags;
}

std::string number_words(float value) {
    std::string text(32, '\0');
    text.resize(static_cast<std::size_t>(
        std::to_chars(text.data(), text.data() + text.size(), value).ptr - text.data()));
    return text;
}

} // namespace

void LabelSet::add_value(const std::string& value) {
    const auto number = number_of_label(value);
    numbers_ = numbers_ && number.has_value();
    fractions_ = fractions_ || (number && is_fraction(*number));
    flags_ = flags_ && number && (*number == 0 || *number == 1);
    if (problem_ == Problem::Regression || too_many_) return;
    // run.json and the adapter carry them all, as JSON writes them.
    if (found_.insert(value).second)
        bytes_ += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace).size();
    too_many_ = bytes_ > most_bytes || found_.size() > most_labels;
}

void LabelSet::add(const Row& row) {
    if (problem_ == Problem::SingleLabel) label_of(row);
    // Names and broken numbers are no problem together.
    const bool broken = !row.several && !row.label;
    if (broken && !numbers_) label_of(row);
    const std::vector<std::string> values = values_of(row);
    if (!empty_ && row.label_columns != columns_)
        fail("label", "other columns than in the rows before", "the same in every row");
    for (const std::string& value : values) add_value(value);
    columns_ = row.label_columns;
    several_ = several_ || row.several;
    flags_ = flags_ && row.several;
    width_ = empty_ || width_ == values.size() ? values.size() : 0;
    empty_ = false;
}

std::vector<std::string> LabelSet::ordered() const {
    if (bytes_ > most_bytes)
        fail("label", "labels of more than " + std::to_string(most_bytes) + " bytes together",
            "shorter names");
    if (too_many_)
        fail("label", "more than " + std::to_string(most_labels) + " different labels",
            "2 to " + std::to_string(most_labels),
            "numbers that are no classes are learned by {data.problem_type=regression}");
    std::vector<std::string> labels(found_.begin(), found_.end());
    if (are_number_labels(labels))
        std::sort(labels.begin(), labels.end(), [](const std::string& a, const std::string& b) {
            return std::pair(*number_of_label(a), a) < std::pair(*number_of_label(b), b);
        });
    return labels;
}

Problem LabelSet::problem() const {
    const bool ratings = numbers_ && !columns_.empty()
                         && !std::all_of(found_.begin(), found_.end(), [](const std::string& value) {
                                const auto number = number_of_label(value);
                                return number == 0.0 || number == 1.0;
                            });
    if (numbers_ && (fractions_ || ratings)) return Problem::Regression;
    return several_ ? Problem::MultiLabel : Problem::SingleLabel;
}

std::int64_t class_of(const Row& row, const std::vector<std::string>& labels) {
    const std::string& label = label_of(row);
    if (const auto place = place_of_label(label, labels)) return *place;
    fail("label", "'" + shown(label, 40) + "'", "one of " + listed_labels(labels));
}

void put_label(Example& example, const Row& row, const Classes& classes) {
    example.problem = classes.problem;
    switch (classes.problem) {
    case Problem::Unsaid:
    case Problem::SingleLabel: example.label = class_of(row, classes.labels); return;
    case Problem::MultiLabel: example.values = flags_of(row, classes); return;
    case Problem::Regression: example.values = numbers_of(row, classes.labels); return;
    }
}

std::string label_words(const Example& example, const std::vector<std::string>& labels) {
    if (example.label >= 0) return labels.at(static_cast<std::size_t>(example.label));
    if (example.values.empty()) return {};
    const bool numbers = example.problem == Problem::Regression;
    if (numbers && example.values.size() == 1) return number_words(example.values.front());
    std::string words;
    for (std::size_t i = 0; i < example.values.size(); ++i) {
        if (!numbers && example.values[i] == 0) continue;
        words.append(words.empty() ? "" : ", ").append(labels.at(i));
        if (numbers) words.append(" ").append(number_words(example.values[i]));
    }
    return words.empty() ? "none" : words;
}

} // namespace lora
