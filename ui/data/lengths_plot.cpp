#include "ui/data/lengths_plot.h"

#include "ui/elements/quantities.h"
#include "ui/elements/theme.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::int64_t mostBins = 48;

Explanation explainLengths() {
    return {
        LengthsPlot::tr("How many rows have how many tokens, before anything is cut. The line is the limit, "
                        "the longest sample that is let in; what is longer is hatched."),
        LengthsPlot::tr(
            "Rows left of the line are fed whole. Of those right of it the end is cut off, and with "
            "it often what should be learned."),
        LengthsPlot::tr(
            "Many rows right of the line: raise the longest sample in the set-up, as far as memory "
            "allows. All far left of it: a smaller limit changes nothing.")};
}

} // namespace

LengthColumns lengthColumns(const SurveyCounts& counts, std::int64_t bins) {
    LengthColumns made;
    if (counts.lengths.empty()) return made;
    const std::int64_t longest = std::max(counts.lengths.rbegin()->first, counts.max_length);
    made.width = longest / bins + 1;
    const auto size = static_cast<std::size_t>(longest / made.width + 1);
    made.within.assign(size, 0);
    made.beyond.assign(size, 0);
    for (const auto& [length, rows] : counts.lengths)
        (length > counts.max_length ? made.beyond : made.within)
            .at(static_cast<std::size_t>(length / made.width)) += rows;
    return made;
}

LengthsPlot::LengthsPlot(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Lengths"), this)),
      within_(new QCPBars(frame_->plot()->xAxis, frame_->plot()->yAxis)),
      beyond_(new QCPBars(frame_->plot()->xAxis, frame_->plot()->yAxis)),
      limit_(new QCPItemStraightLine(frame_->plot())), limitWords_(new QCPItemText(frame_->plot())) {
    setObjectName(u"lengthsPlot"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    QCustomPlot* plot = frame_->plot();
    plot->setInteractions(QCP::iNone);
    plot->xAxis->setLabel(tr("tokens a row, before the cut"));
    plot->yAxis->setLabel(tr("rows"));
    plot->xAxis->grid()->setVisible(false);
    plot->yAxis->ticker()->setTickCount(3);
    plot->xAxis->setSubTicks(false);
    plot->yAxis->setSubTicks(false);
    beyond_->moveAbove(within_);
    limitWords_->setPositionAlignment(Qt::AlignTop | Qt::AlignRight);
    limitWords_->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    limitWords_->setPadding(QMargins(4, 1, 4, 1));
    frame_->explain(explainLengths());
    frame_->setTableSource([this] { return table(); });
    connect(frame_, &PlotFrame::colorsChanged, this, &LengthsPlot::recolor);
    recolor();
    setCounts(nullptr);
}

void LengthsPlot::recolor() {
    const PlotColors& colors = frame_->colors();
    const SignalColors signal = signalColors(palette());
    within_->setPen(QPen(Qt::NoPen));
    within_->setBrush(colors.smooth);
    beyond_->setPen(QPen(signal.warning));
    beyond_->setBrush(QBrush(signal.warning, Qt::BDiagPattern));
    limit_->setPen(QPen(signal.warning, 2));
    limitWords_->setColor(colors.text);
    limitWords_->setBrush(colors.background);
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void LengthsPlot::setCounts(const std::shared_ptr<const SurveyCounts>& counts) {
    counts_ = counts;
    const bool filled = counts_ && !counts_->lengths.empty();
    for (QCPBars* bars : {within_, beyond_}) bars->data()->clear();
    limit_->setVisible(filled);
    limitWords_->setVisible(filled);
    frame_->setHint(filled ? QString() : tr("Nothing is counted yet."));
    if (filled) {
        const LengthColumns columns = lengthColumns(*counts_, mostBins);
        const auto width = static_cast<double>(columns.width);
        std::int64_t most = 1;
        for (QCPBars* bars : {within_, beyond_}) bars->setWidth(0.9 * width);
        for (std::size_t i = 0; i < columns.within.size(); ++i) {
            const double middle = (static_cast<double>(i) + 0.5) * width;
            within_->addData(middle, static_cast<double>(columns.within[i]));
            beyond_->addData(middle, static_cast<double>(columns.beyond[i]));
            most = std::max(most, columns.within[i] + columns.beyond[i]);
        }
        const double limit = static_cast<double>(counts_->max_length) + 0.5;
        limit_->point1->setCoords(limit, 0);
        limit_->point2->setCoords(limit, 1);
        limitWords_->position->setCoords(limit, 0.02);
        limitWords_->setText(tr("limit %1").arg(countText(counts_->max_length)));
        const QCPRange x(0, std::max(width * static_cast<double>(columns.within.size()), 1.03 * limit));
        // The words stand where there is room for them.
        limitWords_->setPositionAlignment(
            Qt::AlignTop | (limit < 0.3 * x.upper ? Qt::AlignLeft : Qt::AlignRight));
        frame_->setWholeView(x, {0, 1.12 * static_cast<double>(most)});
    }
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

Table LengthsPlot::table() const {
    Table made{{u"tokens"_s, u"rows"_s}, {}};
    if (counts_)
        for (const auto& [length, rows] : counts_->lengths)
            made.rows.push_back({QString::number(length), QString::number(rows)});
    return made;
}

} // namespace lora
