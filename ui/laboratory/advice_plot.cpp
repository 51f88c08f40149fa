#include "ui/laboratory/advice_plot.h"

#include "ui/plots/plot.h"

#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

AdvicePlot::AdvicePlot(QWidget* parent) : PlotFrame(tr("Loss against rank"), parent) {
    QCustomPlot* plot = PlotFrame::plot();
    plot->xAxis->setLabel(tr("rank"));
    plot->yAxis->setLabel(tr("loss"));
    plot->yAxis2->setLabel(tr("energy kept"));
    plot->yAxis2->setRange(0, 1.02);
    plot->yAxis2->grid()->setVisible(false);
    energy_ = plot->addGraph(plot->xAxis, plot->yAxis2);
    energy_->setName(tr("energy kept"));
    loss_ = plot->addGraph();
    loss_->setName(tr("loss"));
    enough_ = new QCPItemStraightLine(plot);
    plot->legend->setVisible(true);
    putLegendAbove();
    recolorCurves();
    explain(explainRankAdvice());
    connect(this, &PlotFrame::colorsChanged, this, &AdvicePlot::recolorCurves);
    connect(this, &PlotFrame::followRequested, this, &AdvicePlot::redraw);
}

void AdvicePlot::recolorCurves() {
    const PlotColors& colors = PlotFrame::colors();
    energy_->setPen(QPen(colors.accent, 1.6, Qt::DashLine));
    energy_->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 4));
    loss_->setPen(QPen(colors.evaluation, 2));
    loss_->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssCircle, QPen(colors.evaluation, 1.6), QBrush(colors.background), 7));
    enough_->setPen(QPen(colors.dim, 1, Qt::DotLine));
    plot()->replot(QCustomPlot::rpQueuedReplot);
}

void AdvicePlot::setAdvice(std::shared_ptr<const RankAdvice> advice, bool finished) {
    advice_ = std::move(advice);
    finished_ = finished;
    const QString rows = advice_ ? QString::fromStdString(advice_->rows_in_words()) : QString();
    plot()->yAxis->setLabel(rows.isEmpty() ? tr("loss") : tr("loss on %1").arg(rows));
    redraw();
}

void AdvicePlot::redraw() {
    loss_->data()->clear();
    energy_->data()->clear();
    enough_->setVisible(false);
    const bool filled = advice_ && !advice_->points.empty();
    double most = 1;
    for (std::size_t i = 0; filled && i < advice_->points.size(); ++i) {
        const AdvicePoint& point = advice_->points[i];
        const auto rank = static_cast<double>(point.rank);
        energy_->addData(rank, point.kept_energy);
        if (point.loss) loss_->addData(rank, *point.loss);
        most = std::max(most, rank);
    }
    if (const auto enough = filled && finished_ ? advice_->enough() : std::nullopt) {
        const auto rank = static_cast<double>(advice_->points[*enough].rank);
        enough_->point1->setCoords(rank, 0);
        enough_->point2->setCoords(rank, 1);
        enough_->setVisible(true);
    }
    labelRanks(most);
    if (follows()) rescale(most);
    const bool measured = loss_->dataCount() > 0;
    plot()->yAxis2->setVisible(filled);
    plot()->yAxis2->grid()->setVisible(filled && !measured);
    measured ? loss_->addToLegend() : loss_->removeFromLegend();
    plot()->legend->setVisible(filled);
    setHint(filled ? QString() : tr("Energy kept and loss against rank appear here."));
    plot()->yAxis->setVisible(measured); // the hint shows both, or none
    plot()->yAxis->grid()->setVisible(measured);
    plot()->replot(QCustomPlot::rpQueuedReplot);
}

void AdvicePlot::labelRanks(double most) {
    const QSharedPointer<QCPAxisTickerText> ranks(new QCPAxisTickerText);
    double labelled = -most;
    for (std::size_t i = 0; advice_ && i < advice_->points.size(); ++i) {
        const auto rank = static_cast<double>(advice_->points[i].rank);
        if (rank - labelled < 0.04 * most) continue; // the labels would touch
        ranks->addTick(rank, QString::number(advice_->points[i].rank));
        labelled = rank;
    }
    plot()->xAxis->setTicker(ranks);
}

void AdvicePlot::rescale(double most) {
    plot()->xAxis->setRange(-0.03 * most, 1.03 * most);
    plot()->yAxis2->setRange(0, 1.03);
    bool found = false;
    const QCPRange losses = loss_->getValueRange(found);
    // While one point is there, a range of its own size.
    const double margin = std::max(0.08 * losses.size(), 0.02 * losses.upper);
    plot()->yAxis->setRange(found ? losses.lower - margin : 0, found ? losses.upper + margin : 1);
}

Table AdvicePlot::table() const {
    Table table{{u"rank"_s, u"parameters"_s, u"kept_energy"_s, u"loss"_s}, {}};
    if (!advice_) return table;
    for (const AdvicePoint& point : advice_->points)
        table.rows.push_back({QString::number(point.rank), QString::number(point.parameters),
            cell(point.kept_energy), cell(point.loss)});
    return table;
}

} // namespace lora
