#include "ui/laboratory/advice_values.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

// Neighbouring ranks differ in the third decimal.
ResultCell lossCell(std::optional<double> value) {
    if (!value) return {measureText(value), -std::numeric_limits<double>::infinity()};
    return {QString::number(*value, 'f', 4), *value};
}

} // namespace

ResultRows adviceRows(const RankAdvice& advice) {
    const bool areLearned = advice.rows == AdviceRows::Training;
    const QString loss = areLearned                           ? tr("Loss (training rows)")
                         : advice.rows == AdviceRows::HeldOut ? tr("Loss (held-out rows)")
                                                              : tr("Loss");
    ResultRows table{
        {{tr("Rank"), tr("The rank that every linear is cut to; 0 is the base model without the adapter")},
            {tr("Parameters"), tr("Of the smaller adapter")},
            {tr("Energy kept"), tr("Share of Σσ² over all linears: how much of the update is left")},
            {loss, areLearned
                       ? tr("Of the model with the smaller adapter, measured on rows that it has learned")
                       : tr("Of the model with the smaller adapter, measured on the dataset")}},
        {}};
    for (const AdvicePoint& point : advice.points)
        table.rows.push_back({{QString::number(point.rank), static_cast<double>(point.rank)},
            {countText(point.parameters), static_cast<double>(point.parameters)},
            {shareText(point.kept_energy), point.kept_energy}, lossCell(point.loss)});
    return table;
}

QString costInWords(const RankAdvice& advice, std::size_t row) {
    const AdvicePoint& cut = advice.points[row];
    const AdvicePoint& whole = advice.points.back();
    const double parameters = static_cast<double>(cut.parameters)
                              / static_cast<double>(std::max<std::int64_t>(1, whole.parameters));
    const QString size = tr("Rank %1: %2 of the parameters, %3 of the energy.")
                             .arg(cut.rank)
                             .arg(shareText(parameters), shareText(cut.kept_energy));
    if (!cut.loss || !whole.loss)
        return size + u' ' + tr("What it costs in loss is not measured; Measure tells it.");
    const double more = 100 * (*cut.loss - *whole.loss) / std::max(*whole.loss, 1e-12);
    const QString rows = QString::fromStdString(advice.rows_in_words());
    return size + u' '
           + tr("The loss%1 is %2 in place of %3: %4%5 %.")
                 .arg(rows.isEmpty() ? QString() : tr(" on %1").arg(rows))
                 .arg(*cut.loss, 0, 'f', 4)
                 .arg(*whole.loss, 0, 'f', 4)
                 .arg(more < 0 ? u"−"_s : u"+"_s)
                 .arg(std::abs(more), 0, 'f', 1);
}

} // namespace lora
