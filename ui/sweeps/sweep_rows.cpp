#include "ui/sweeps/sweep_rows.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array measures{SweepMeasure::Accuracy, SweepMeasure::BestAccuracy, SweepMeasure::ExactMatch,
    SweepMeasure::EvalLoss, SweepMeasure::BestLoss, SweepMeasure::TrainingLoss, SweepMeasure::Seconds};

/// The last part of a setting's name: "rank" of "lora.rank".
QString shortName(const std::string& setting) { return text(setting.substr(setting.rfind('.') + 1)); }

ResultCell valueCell(const std::string& value) {
    bool number = false;
    const QString words = text(value);
    const double order = words.toDouble(&number);
    return {words, number ? order : 0};
}

bool isNumber(const SweepTable& table, std::size_t setting) {
    return std::all_of(table.rows.begin(), table.rows.end(), [&](const SweepRow& row) {
        bool number = false;
        [[maybe_unused]] const double value = text(row.values[setting]).toDouble(&number);
        return number;
    });
}

ResultCell placeCell(const std::optional<std::size_t>& place) {
    if (!place) return {u"—"_s, std::numeric_limits<double>::infinity()};
    return {QString::number(*place), static_cast<double>(*place)};
}

ResultCell measureCell(std::optional<double> value, SweepMeasure which) {
    constexpr double last = std::numeric_limits<double>::infinity(); // no value sorts behind all
    if (!value) return {u"—"_s, last};
    switch (which) {
    case SweepMeasure::Accuracy:
    case SweepMeasure::BestAccuracy:
    case SweepMeasure::ExactMatch: return {QString::number(100 * *value, 'f', 1) + u" %"_s, *value};
    case SweepMeasure::Seconds: return {durationText(*value), *value};
    default: return {QString::number(*value, 'f', 4), *value};
    }
}

} // namespace

QString stateWord(SweepRunState state) {
    switch (state) {
    case SweepRunState::Waiting: return tr("Waiting");
    case SweepRunState::Running: return tr("Running");
    case SweepRunState::Stopped: return tr("Stopped");
    case SweepRunState::Finished: return tr("Finished");
    case SweepRunState::Failed: return tr("Failed");
    }
    return {};
}

QString measureWord(SweepMeasure measure) {
    switch (measure) {
    case SweepMeasure::EvalLoss: return tr("Evaluation loss");
    case SweepMeasure::BestLoss: return tr("Best evaluation loss");
    case SweepMeasure::Accuracy: return tr("Accuracy");
    case SweepMeasure::BestAccuracy: return tr("Best accuracy");
    case SweepMeasure::ExactMatch: return tr("Exact match");
    case SweepMeasure::TrainingLoss: return tr("Training loss");
    case SweepMeasure::Seconds: return tr("Time of the steps");
    }
    return {};
}

QString measureText(const SweepRow& row, SweepMeasure which) {
    return measureCell(measure(row, which), which).text;
}

std::vector<SweepMeasure> measuresOf(const SweepTable& table) {
    std::vector<SweepMeasure> found;
    for (const SweepMeasure which : measures)
        if (std::any_of(table.rows.begin(), table.rows.end(),
                [&](const SweepRow& row) { return measure(row, which).has_value(); }))
            found.push_back(which);
    return found;
}

ResultRows sweepRows(const SweepTable& table, const SweepRanking& ranking) {
    ResultRows result;
    result.columns = {{tr("Run"), tr("The run's folder in the sweep's"), false}, {tr("State"), {}, false}};
    const bool isRanked = !ranking.order.empty();
    if (isRanked) result.columns.push_back({tr("Place"), tr("By %1").arg(text(in_words(ranking.by))), true});
    for (std::size_t i = 0; i < table.settings.size(); ++i)
        result.columns.push_back({shortName(table.settings[i]), text(table.settings[i]), isNumber(table, i)});
    result.columns.push_back({tr("Trained"), tr("Trainable parameters, without a classifier's head"), true});
    const bool heads =
        std::any_of(table.rows.begin(), table.rows.end(), [](const SweepRow& row) { return row.head > 0; });
    if (heads) result.columns.push_back({tr("Head"), tr("Parameters of the classifier's head"), true});
    const std::vector<SweepMeasure> shown = measuresOf(table);
    for (const SweepMeasure which : shown) result.columns.push_back({measureWord(which), {}, true});
    const bool failures = std::any_of(table.rows.begin(), table.rows.end(),
        [](const SweepRow& row) { return row.state == SweepRunState::Failed; });
    if (failures) result.columns.push_back({tr("Why it failed"), {}, false});
    const auto places = ranking.places(table);
    for (std::size_t index = 0; index < table.rows.size(); ++index) {
        const SweepRow& row = table.rows[index];
        std::vector<ResultCell> cells{{text(row.run)}, {stateWord(row.state)}};
        if (row.state == SweepRunState::Running || row.state == SweepRunState::Stopped)
            cells.back().text += u" · %1/%2"_s.arg(row.steps_done).arg(row.total_steps);
        if (isRanked) cells.push_back(placeCell(places[index]));
        for (const std::string& value : row.values) cells.push_back(valueCell(value));
        cells.push_back(row.trainable
                            ? ResultCell{countText(*row.trainable), static_cast<double>(*row.trainable)}
                            : ResultCell{u"—"_s, std::numeric_limits<double>::infinity()});
        if (heads) cells.push_back({countText(row.head), static_cast<double>(row.head)});
        for (const SweepMeasure which : shown) cells.push_back(measureCell(measure(row, which), which));
        if (failures) cells.push_back({text(row.why)});
        result.rows.push_back(std::move(cells));
    }
    return result;
}

bool isUnfinished(const SweepTable& table) {
    return std::any_of(table.rows.begin(), table.rows.end(), [](const SweepRow& row) {
        return row.state != SweepRunState::Finished && row.state != SweepRunState::Failed;
    });
}

bool hasFailures(const SweepTable& table) {
    return std::any_of(table.rows.begin(), table.rows.end(),
        [](const SweepRow& row) { return row.state == SweepRunState::Failed; });
}

QString progressWords(const SweepTable& table) {
    const auto count = [&](SweepRunState state) {
        return std::count_if(
            table.rows.begin(), table.rows.end(), [=](const SweepRow& row) { return row.state == state; });
    };
    QString words = tr("%1 of %2 runs finished").arg(count(SweepRunState::Finished)).arg(table.rows.size());
    if (const auto failed = count(SweepRunState::Failed)) words += u", "_s + tr("%1 failed").arg(failed);
    if (const auto running = count(SweepRunState::Running)) words += u", "_s + tr("%1 running").arg(running);
    if (const auto stopped = count(SweepRunState::Stopped)) words += u", "_s + tr("%1 stopped").arg(stopped);
    return words;
}

QString d90Words(const SweepPlot& plot) {
    QStringList words;
    for (const SweepLine& line : plot.lines) {
        if (!line.d90) continue;
        const QString name = text(line.name);
        if (!line.d90->measured)
            words << tr("%1: nothing tried reaches 90 % of full fine-tuning.").arg(name);
        else if (!line.d90->interpolated)
            words << tr("%1: the smallest tried, %2, reaches 90 % of full fine-tuning already.")
                         .arg(name, countText(static_cast<std::int64_t>(*line.d90->measured)));
        else
            words << tr(
                "%1: %2 parameters reach 90 % of full fine-tuning; a line over log d crosses it at %3.")
                         .arg(name, countText(static_cast<std::int64_t>(*line.d90->measured)),
                             countText(std::llround(*line.d90->interpolated)));
    }
    return words.join(u' ');
}

Table plotTable(const SweepPlot& plot, const SweepQuestion& question) {
    const QString x = question.x.empty() ? u"trainable"_s : text(question.x);
    const QString y = text(name(question.measure));
    Table table{
        {question.lines.empty() ? u"sweep"_s : text(question.lines), x, y, y + u"_sd"_s, u"runs"_s}, {}};
    for (const SweepLine& line : plot.lines)
        for (const SweepPoint& point : line.points)
            table.rows.push_back({text(line.name),
                plot.words.empty() ? cell(point.x) : text(plot.words[static_cast<std::size_t>(point.x)]),
                cell(point.value.mean), cell(point.value.deviation), QString::number(point.value.count)});
    return table;
}

} // namespace lora
