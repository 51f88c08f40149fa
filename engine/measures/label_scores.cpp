#include "engine/measures/label_scores.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace lora {

namespace {

constexpr ScoreSheet sheets[] = {{"micro_f1", "Micro F1", true}, {"macro_f1", "Macro F1", true},
    {"exact_match", "Exact match", true}, {"mse", "Mean squared error", false},
    {"pearson", "Pearson correlation", false}, {"spearman", "Spearman correlation", false}};

double f1(double found, double wrong, double missed) {
    const double all = 2 * found + wrong + missed;
    return all > 0 ? 2 * found / all : 0;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::vector<double> output_of(std::span<const double> all, std::size_t output, std::size_t outputs) {
    std::vector<double> values;
    for (std::size_t i = output; i < all.size(); i += outputs) values.push_back(all[i]);
    return values;
}

std::optional<double> correlation(const std::vector<double>& x, const std::vector<double>& y) {
    const auto count = static_cast<double>(x.size());
    const double mean_x = sum(x) / count, mean_y = sum(y) / count;
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xx > 0 && yy > 0 ? std::optional(xy / std::sqrt(xx * yy)) : std::nullopt;
}

std::vector<double> ranks_of(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
        [&](std::size_t one, std::size_t other) { return values[one] < values[other]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i]] = (static_cast<double>(begin) + static_cast<double>(end) - 1) / 2;
        begin = end;
    }
    return ranks;
}

} // namespace

std::span<const ScoreSheet> score_sheets() { return sheets; }

const ScoreSheet& score_sheet(std::string_view name) {
    for (const ScoreSheet& sheet : sheets)
        if (name == sheet.name) return sheet;
    throw Error("no such score: " + shown(std::string(name)));
}

void LabelCounts::add(std::span<const float> scores, std::span<const float> labels) {
    bool exact = true;
    for (std::size_t i = 0; i < found_.size(); ++i) {
        const bool claimed = scores[i] > 0, has = labels[i] != 0;
        found_[i] += claimed && has;
        wrong_[i] += claimed && !has;
        missed_[i] += !claimed && has;
        exact = exact && claimed == has;
    }
    exact_ += exact;
    ++texts_;
}

std::vector<Score> LabelCounts::scores() const {
    double macro = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) macro += f1(found_[i], wrong_[i], missed_[i]);
    return {{"micro_f1", f1(sum(found_), sum(wrong_), sum(missed_))},
        {"macro_f1", macro / static_cast<double>(std::max<std::size_t>(1, found_.size()))},
        {"exact_match", texts_ > 0 ? exact_ / texts_ : 0}};
}

std::vector<double> LabelCounts::numbers() const {
    std::vector<double> all;
    for (const auto* each : {&found_, &wrong_, &missed_}) all.insert(all.end(), each->begin(), each->end());
    all.push_back(exact_);
    all.push_back(texts_);
    return all;
}

void LabelCounts::take_numbers(std::span<const double> numbers) {
    auto next = numbers.begin();
    for (auto* each : {&found_, &wrong_, &missed_})
        for (double& value : *each) value = *next++;
    exact_ = *next++;
    texts_ = *next;
}

std::vector<Score> number_scores(
    std::span<const double> said, std::span<const double> right, std::size_t outputs) {
    double squares = 0, pearson = 0, spearman = 0;
    for (std::size_t i = 0; i < said.size(); ++i) squares += (said[i] - right[i]) * (said[i] - right[i]);
    bool defined = !said.empty();
    for (std::size_t output = 0; output < outputs && defined; ++output) {
        const std::vector<double> x = output_of(said, output, outputs), y = output_of(right, output, outputs);
        const auto straight = correlation(x, y), ranked = correlation(ranks_of(x), ranks_of(y));
        defined = straight.has_value() && ranked.has_value();
        pearson += straight.value_or(0) / static_cast<double>(outputs);
        spearman += ranked.value_or(0) / static_cast<double>(outputs);
    }
    std::vector<Score> scores{{"mse", squares / static_cast<double>(std::max<std::size_t>(1, said.size()))}};
    if (defined) {
        scores.push_back({"pearson", pearson});
        scores.push_back({"spearman", spearman});
    }
    return scores;
}

} // namespace lora
