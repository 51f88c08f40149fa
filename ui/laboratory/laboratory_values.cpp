#include "ui/laboratory/laboratory_values.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

ResultCell words(const QString& text) { return {text, 0}; }

ResultCell number(std::optional<double> value) {
    return {measureText(value), value.value_or(-std::numeric_limits<double>::infinity())};
}

ResultCell share(double value) { return {shareText(value), value}; }

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::optional<double> firstOf(const SimilarityMap& map) {
    if (map.rows == 0 || map.columns == 0) return std::nullopt;
    return map.at(1, 1);
}

} // namespace

ResultRows weightRows(const WeightComparisons& comparisons) {
    ResultRows table{
        {{tr("Linear"), {}, false},
            {tr("Amplification"),
                tr("‖ΔW‖ / ‖UᵀW₀V‖: how much the update strengthens directions that W₀ itself "
                   "has little of. The paper's table 7 has 21.5 at rank 4 and 1.9 at rank 64.")},
            {tr("‖ΔW‖"), tr("The size of the update")}, {tr("‖W₀‖"), tr("The size of the weight it changes")},
            {tr("‖ΔW‖/‖W₀‖"), tr("One beside the other")},
            {tr("‖UᵀW₀V‖"), tr("How much W₀ has in the update's own directions U, V")},
            {tr("random U, V"),
                tr("What W₀ has in as many random directions: the update follows W₀ where the column "
                   "before is clearly larger")},
            {tr("W₀'s own U, V"),
                tr("What W₀ has in as many of its own strongest directions: the most that is possible")},
            {tr("Intruders"),
                tr("Of the strongest directions of W₀ + ΔW, those that resemble none of W₀'s own "
                   "(Shuttleworth et al., 2024). Many of them go with forgetting.")}},
        {}};
    for (const WeightComparison& each : comparisons.targets)
        table.rows.push_back({words(shortPath(each.path)), number(each.amplification),
            number(each.update_norm), number(each.weight_norm), number(each.relative_norm()),
            number(each.amplification ? std::optional(each.projected_norm) : std::nullopt),
            number(each.amplification ? std::optional(each.random_norm) : std::nullopt),
            number(each.top_norm),
            each.intruders
                ? ResultCell{tr("%1 of %2").arg(each.intruders->count).arg(each.intruders->directions.size()),
                    static_cast<double>(each.intruders->count)}
                : ResultCell{u"—"_s, -1}});
    return table;
}

ResultRows comparisonRows(const AdapterComparison& comparison) {
    ResultRows table{
        {{tr("Linear"), {}, false},
            {tr("Cosine"), tr("1: the same update, 0: unrelated, below 0: they work against each other")},
            {tr("φ(1,1) of A"),
                tr("Whether the first directions of the two A agree, as in the paper's section 7.2")},
            {tr("φ(1,1) of ΔW"), tr("The same for the directions that the updates read")},
            {tr("by chance"), tr("What two random directions of this size give on average")},
            {tr("Shared inputs"), tr("Share of the energy in directions that the other one reads too")},
            {tr("Shared outputs"), tr("Share of the energy in directions that the other one writes too")}},
        {}};
    for (const TargetComparison& each : comparison.targets)
        table.rows.push_back({words(shortPath(each.path)), number(each.cosine), number(firstOf(each.A)),
            number(firstOf(each.inputs)), number(random_similarity(1, 1, each.in)), share(each.shared_inputs),
            share(each.shared_outputs)});
    return table;
}

QString amplificationInWords(const WeightComparisons& comparisons) {
    std::vector<double> amplifications;
    std::vector<double> above; // ‖UᵀW₀V‖ beside random directions
    std::int64_t intruders = 0;
    std::int64_t looked = 0;
    for (const WeightComparison& each : comparisons.targets) {
        if (each.amplification) {
            amplifications.push_back(*each.amplification);
            if (each.random_norm > 0) above.push_back(each.projected_norm / each.random_norm);
        }
        if (each.intruders) {
            intruders += each.intruders->count;
            looked += static_cast<std::int64_t>(each.intruders->directions.size());
        }
    }
    if (amplifications.empty()) return tr("ΔW = 0 everywhere: there is nothing to set beside W₀ yet.");
    QString text = tr("In its own directions the update is %1 times as strong as W₀ is there (the median "
                      "of the linears).")
                       .arg(measureText(median(amplifications)));
    if (!above.empty()) {
        const double over = median(above);
        text += u' ' + tr("W₀ has %1 times as much in them as in random ones").arg(measureText(over))
                + (over < 1.5 ? tr(": the update does not follow it.") : tr(": the update follows it."));
    }
    if (looked > 0)
        text += u' '
                + tr("%1 of the %2 strongest directions of W₀ + ΔW are intruders.")
                      .arg(countText(intruders), countText(looked));
    return text;
}

QString intrudersInWords(const WeightComparison& target) {
    if (!target.intruders) return {};
    const Intruders& found = *target.intruders;
    if (found.count == 0)
        return tr(
            "None of the %1 strongest directions of W₀ + ΔW is an intruder: each resembles one of W₀'s own.")
            .arg(found.directions.size());
    return tr("Intruders: %1 of the %2 strongest directions of W₀ + ΔW, resembling none of W₀'s own, with %3 "
              "of the energy.")
        .arg(found.count)
        .arg(found.directions.size())
        .arg(shareText(found.share));
}

QString anglesText(const std::vector<double>& degrees) {
    constexpr std::size_t most = 8;
    QStringList texts;
    for (std::size_t i = 0; i < std::min(most, degrees.size()); ++i)
        texts << QString::number(degrees[i], 'f', degrees[i] < 10 ? 1 : 0) + u'°';
    return texts.isEmpty() ? u"—"_s : texts.join(u", "_s) + (degrees.size() > most ? u" …"_s : QString());
}

SimilarityMap randomMap(std::int64_t rows, std::int64_t columns, std::int64_t size) {
    SimilarityMap map{rows, columns, {}};
    for (std::int64_t i = 1; i <= rows; ++i)
        for (std::int64_t j = 1; j <= columns; ++j) map.values.push_back(random_similarity(i, j, size));
    return map;
}

Table similarityTable(const SimilarityMap& map) {
    Table table{{u"i"_s, u"j"_s, u"phi"_s}, {}};
    for (std::int64_t i = 1; i <= map.rows; ++i)
        for (std::int64_t j = 1; j <= map.columns; ++j)
            table.rows.push_back({QString::number(i), QString::number(j), cell(map.at(i, j))});
    return table;
}

} // namespace lora
