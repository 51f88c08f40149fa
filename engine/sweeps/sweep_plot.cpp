#include "engine/sweeps/sweep_plot.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace lora {

namespace {

constexpr const char* full_fine_tuning = "full";

std::size_t column_of(const SweepTable& table, const std::string& setting) {
    return static_cast<std::size_t>(
        std::find(table.settings.begin(), table.settings.end(), setting) - table.settings.begin());
}

/// The row's value of a setting; empty for one that does not vary.
std::string value_of(const SweepTable& table, std::size_t row, const std::string& setting) {
    const std::size_t column = column_of(table, setting);
    return column < table.settings.size() ? table.rows[row].values[column] : std::string();
}

/// A method's word; a subspace's with what tells it from other subspaces of the same dimension.
std::string method_words(const SweepTable& table, std::size_t row) {
    std::string words = value_of(table, row, "method");
    if (words != "subspace") return words;
    for (std::size_t i = 0; i < table.settings.size(); ++i)
        if (table.settings[i].starts_with("subspace.") && table.settings[i] != "subspace.dimension")
            words += ", " + table.settings[i].substr(9) + "=" + table.rows[row].values[i];
    return words;
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The words along x in the order of the sweep; none where all are numbers.
std::vector<std::string> words_of(const SweepTable& table, const std::string& setting) {
    std::vector<std::string> words;
    bool numbers = true;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const std::string value = value_of(table, row, setting);
        numbers = numbers && number(value);
        if (std::find(words.begin(), words.end(), value) == words.end()) words.push_back(value);
    }
    return numbers || setting.empty() ? std::vector<std::string>() : words;
}

std::optional<double> x_of(const SweepTable& table, const SeedGroup& group, const SweepQuestion& question,
    const std::vector<std::string>& words) {
    if (question.x.empty())
        return group.trainable ? std::optional(static_cast<double>(*group.trainable)) : std::nullopt;
    const std::string value = value_of(table, group.rows.front(), question.x);
    if (words.empty()) return number(value);
    return static_cast<double>(std::find(words.begin(), words.end(), value) - words.begin());
}

SweepLine& line_named(std::vector<SweepLine>& lines, const std::string& name) {
    const auto found =
        std::find_if(lines.begin(), lines.end(), [&](const SweepLine& line) { return line.name == name; });
    return found == lines.end() ? lines.emplace_back(SweepLine{name, {}}) : *found;
}

void add(SweepPlot& plot, SweepLine& line, SweepPoint point, bool more) {
    const auto there = std::find_if(
        line.points.begin(), line.points.end(), [&](const SweepPoint& each) { return each.x == point.x; });
    if (there == line.points.end()) {
        line.points.push_back(std::move(point));
        return;
    }
    plot.best_of_several = true;
    if (more ? point.value.mean > there->value.mean : point.value.mean < there->value.mean)
        *there = std::move(point);
}

void mark_d90(SweepPlot& plot, const SweepTable& table, const SweepQuestion& question) {
    if (!more_is_better(question.measure) || column_of(table, "method") == table.settings.size()) return;
    for (const SeedGroup& group : seed_groups(table)) {
        if (value_of(table, group.rows.front(), "method") != full_fine_tuning) continue;
        const auto spread = spread_of(table, group, question.measure);
        if (spread && (!plot.baseline || spread->mean > *plot.baseline)) plot.baseline = spread->mean;
    }
    if (!plot.baseline || !question.x.empty()) return;
    for (SweepLine& line : plot.lines) {
        if (question.lines == "method" && line.name == full_fine_tuning) continue;
        std::vector<std::pair<double, double>> scores;
        for (const SweepPoint& point : line.points)
            if (point.x > 0) scores.emplace_back(point.x, point.value.mean);
        line.d90 = d90(std::move(scores), *plot.baseline);
    }
}

} // namespace

SweepPlot sweep_plot(const SweepTable& table, const SweepQuestion& question) {
    SweepPlot plot;
    plot.words = words_of(table, question.x);
    for (const SeedGroup& group : seed_groups(table)) {
        const auto x = x_of(table, group, question, plot.words);
        const auto spread = spread_of(table, group, question.measure);
        if (!x || !spread) continue;
        SweepPoint point{*x, *spread, {}};
        for (const std::size_t row : group.rows) point.runs.push_back(table.rows[row].run);
        const std::size_t first = group.rows.front();
        const std::string name = question.lines.empty()       ? table.name
                                 : question.lines == "method" ? method_words(table, first)
                                                              : value_of(table, first, question.lines);
        add(plot, line_named(plot.lines, name), std::move(point), more_is_better(question.measure));
    }
    for (SweepLine& line : plot.lines)
        std::sort(line.points.begin(), line.points.end(),
            [](const SweepPoint& a, const SweepPoint& b) { return a.x < b.x; });
    mark_d90(plot, table, question);
    return plot;
}

SweepQuestion usual_question(const SweepTable& table) {
    SweepQuestion question;
    std::set<std::int64_t> sizes;
    bool accuracy = false, evaluated = false;
    for (const SweepRow& row : table.rows) {
        if (row.trainable) sizes.insert(*row.trainable);
        accuracy = accuracy || row.accuracy;
        evaluated = evaluated || row.eval_loss;
    }
    question.measure = accuracy    ? SweepMeasure::Accuracy
                       : evaluated ? SweepMeasure::EvalLoss
                                   : SweepMeasure::TrainingLoss;
    if (column_of(table, "method") < table.settings.size()) question.lines = "method";
    if (sizes.size() > 1) return question;
    for (const std::string& setting : table.settings)
        if (setting != "training.seed" && setting != question.lines) {
            question.x = setting;
            break;
        }
    return question;
}

} // namespace lora
