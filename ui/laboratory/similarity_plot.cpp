#include "ui/laboratory/similarity_plot.h"

#include "ui/elements/quantities.h"
#include "ui/laboratory/laboratory_values.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QHelpEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

SimilarityPlot::SimilarityPlot(const QString& title, const QString& objectName, QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(title, this)) {
    setObjectName(objectName);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    QCustomPlot* plot = frame_->plot();
    plot->setInteractions(QCP::iNone);
    frame_->explain(explainSimilarity());
    plot->installEventFilter(this);
    colors_ = new QCPColorMap(plot->xAxis, plot->yAxis);
    colors_->setInterpolate(false);
    colors_->setTightBoundary(false);
    colors_->setGradient(heatGradient());
    colors_->setDataRange(QCPRange(0, 1));
    scale_ = new QCPColorScale(plot);
    scale_->setBarWidth(8);
    scale_->setLabel(tr("shared: φ"));
    scale_->setMinimumMargins(QMargins(0, 0, 14, 0)); // its numbers stay inside the window
    scale_->setGradient(heatGradient());
    scale_->setDataRange(QCPRange(0, 1));
    plot->plotLayout()->addElement(0, 1, scale_);
    auto* margins = new QCPMarginGroup(plot);
    plot->axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    scale_->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    for (QCPAxis* axis : {plot->xAxis, plot->yAxis}) {
        axis->grid()->setVisible(false);
        axis->setSubTicks(false);
        axis->setTickLength(0);
        const QSharedPointer<QCPAxisTickerFixed> whole(new QCPAxisTickerFixed);
        whole->setTickStep(1);
        whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
        axis->setTicker(whole);
    }
    plot->yAxis->setRangeReversed(true);
    setAxes(tr("first j of the other"), tr("first i of this"));
    connect(frame_, &PlotFrame::colorsChanged, this, &SimilarityPlot::recolor);
    recolor();
    setMap({});
}

void SimilarityPlot::recolor() {
    const PlotColors& colors = frame_->colors();
    scale_->axis()->setTickLabelColor(colors.dim);
    scale_->axis()->setLabelColor(colors.dim);
    scale_->axis()->setBasePen(QPen(colors.axis));
    scale_->axis()->setTickPen(QPen(colors.axis));
    scale_->axis()->setSubTickPen(QPen(colors.axis));
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void SimilarityPlot::setAxes(const QString& across, const QString& down) {
    frame_->plot()->xAxis->setLabel(across);
    frame_->plot()->yAxis->setLabel(down);
}

void SimilarityPlot::setHint(const QString& hint) {
    hint_ = hint;
    setMap(map_);
}

void SimilarityPlot::setMap(const SimilarityMap& map) {
    map_ = map;
    const bool filled = map.rows > 0 && map.columns > 0;
    const int rows = filled ? static_cast<int>(map.rows) : 1;
    const int columns = filled ? static_cast<int>(map.columns) : 1;
    colors_->data()->setSize(columns, rows);
    // Ranges name the centres of the outer cells; a single cell has none apart, so its edges are named.
    const auto range = [](int count) { return count > 1 ? QCPRange(1, count) : QCPRange(0.5, 1.5); };
    colors_->data()->setRange(range(columns), range(rows));
    for (int i = 1; filled && i <= rows; ++i)
        for (int j = 1; j <= columns; ++j) colors_->data()->setCell(j - 1, i - 1, map.at(i, j));
    frame_->plot()->xAxis->setRange(0.5, columns + 0.5);
    frame_->plot()->yAxis->setRange(0.5, rows + 0.5);
    colors_->setVisible(filled);
    scale_->setVisible(filled);
    frame_->setHint(filled ? QString() : hint_);
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

bool SimilarityPlot::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::eventFilter(watched, event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QCustomPlot* plot = frame_->plot();
    const auto i = static_cast<std::int64_t>(std::llround(plot->yAxis->pixelToCoord(help->pos().y())));
    const auto j = static_cast<std::int64_t>(std::llround(plot->xAxis->pixelToCoord(help->pos().x())));
    const bool inside = i >= 1 && i <= map_.rows && j >= 1 && j <= map_.columns;
    QToolTip::showText(help->globalPos(),
        inside ? u"φ(%1, %2) = %3"_s.arg(i).arg(j).arg(measureText(map_.at(i, j))) : QString(),
        frame_->plot());
    return true;
}

Table SimilarityPlot::table() const { return similarityTable(map_); }

} // namespace lora
