#include "ui/plots/heat_map_cells.h"

#include "ui/elements/words.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QFontInfo>
#include <algorithm>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// Names of low rows are written smaller, so that they do not lie on each other.
void fitRowNames(QCustomPlot& plot) {
    constexpr int smallest = 8; // pixels, and legible
    constexpr double ofRow = 0.85;
    QFont font = plot.font();
    const double row = plot.axisRect()->height() / std::max(1.0, plot.yAxis->range().size());
    const int usual = std::max(smallest, QFontInfo(font).pixelSize());
    font.setPixelSize(std::clamp(static_cast<int>(ofRow * row), smallest, usual));
    plot.yAxis->setTickLabelFont(font);
}

} // namespace

HeatMapCells::HeatMapCells(PlotFrame& frame)
    : frame_(frame), map_(new QCPColorMap(frame.plot()->xAxis, frame.plot()->yAxis)),
      scale_(new QCPColorScale(frame.plot())) {
    QCustomPlot* plot = frame.plot();
    plot->setInteractions(QCP::iNone);
    map_->setInterpolate(false);
    map_->setTightBoundary(false);
    map_->setGradient(heatGradient());
    scale_->setType(QCPAxis::atRight);
    fitNumbers(*scale_->axis());
    scale_->setBarWidth(10);
    scale_->setMinimumMargins(QMargins(0, 0, 14, 0)); // its numbers stay inside the window
    scale_->setGradient(heatGradient());
    plot->plotLayout()->addElement(0, 1, scale_);
    auto* margins = new QCPMarginGroup(plot);
    plot->axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    scale_->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    plot->xAxis->setLabel(tr("layer"));
    plot->xAxis->grid()->setVisible(false);
    plot->yAxis->grid()->setVisible(false);
    plot->yAxis->setRangeReversed(true);
    plot->setMinimumHeight(120); // so that the window fits on a screen of 720 lines
    plot->xAxis->setTickLength(0);
    plot->yAxis->setTickLength(0);
    plot->xAxis->setSubTicks(false);
    plot->yAxis->setSubTicks(false);
    QObject::connect(plot, &QCustomPlot::afterLayout, plot, [plot] { fitRowNames(*plot); });
    recolor();
}

void HeatMapCells::recolor() {
    const PlotColors& colors = frame_.colors();
    scale_->axis()->setTickLabelColor(colors.dim);
    scale_->axis()->setLabelColor(colors.dim);
    scale_->axis()->setBasePen(QPen(colors.axis));
    scale_->axis()->setTickPen(QPen(colors.axis));
    scale_->axis()->setSubTickPen(QPen(colors.axis));
}

void HeatMapCells::setGrid(const LayerGrid& grid) {
    layers_ = grid.layers();
    modules_ = grid.modules();
    QCustomPlot* plot = frame_.plot();
    QSharedPointer<QCPAxisTickerText> modules(new QCPAxisTickerText);
    for (int module = 0; module < grid.modules(); ++module)
        modules->addTick(module, grid.module(module).label);
    plot->yAxis->setTicker(modules);
    QSharedPointer<QCPAxisTickerText> layers(new QCPAxisTickerText);
    const int apart = grid.layers() > 12 ? 5 : 1;
    for (int layer = 0; layer < grid.layers(); ++layer) {
        const bool head = grid.layerLabel(layer) == u"head"_s;
        if (layer % apart == 0 || head) layers->addTick(layer, grid.layerLabel(layer));
    }
    plot->xAxis->setTicker(layers);
    plot->xAxis->setRange(-0.5, std::max(1, grid.layers()) - 0.5);
    plot->yAxis->setRange(-0.5, std::max(1, grid.modules()) - 0.5);
}

void HeatMapCells::show(
    const HeatMapData& values, const std::pair<double, double>& range, const QString& caption) {
    map_->data()->setSize(std::max(1, layers_), std::max(1, modules_));
    // Key and value ranges name the centres of the outer cells.
    map_->data()->setRange(QCPRange(0, std::max(1, layers_ - 1)), QCPRange(0, std::max(1, modules_ - 1)));
    map_->data()->fill(std::numeric_limits<double>::quiet_NaN());
    for (int layer = 0; layer < values.layers(); ++layer)
        for (int module = 0; module < values.modules(); ++module)
            if (const auto cell = values.at(layer, module)) map_->data()->setCell(layer, module, *cell);
    const auto& [low, high] = range;
    const QCPRange colors(low, high > low ? high : low + std::max(1e-9, std::abs(low) * 1e-3));
    map_->setDataRange(colors);
    scale_->setDataRange(colors);
    scale_->setLabel(caption);
}

void HeatMapCells::setVisible(bool visible) {
    map_->setVisible(visible);
    scale_->setVisible(visible);
}

int HeatMapCells::mark(const HeatMapData& values,
    const std::vector<std::pair<LayerGrid::Cell, QColor>>& marked,
    const std::vector<LayerGrid::Cell>& warned) {
    QCustomPlot* plot = frame_.plot();
    for (QCPItemRect* mark : marks_) plot->removeItem(mark);
    for (QCPItemText* sign : signs_) plot->removeItem(sign);
    marks_.clear();
    signs_.clear();
    for (const auto& [cell, color] : marked) {
        if (!values.isAdapted(cell.layer, cell.module)) continue;
        auto* mark = marks_.emplace_back(new QCPItemRect(plot));
        mark->setPen(QPen(color, 2.5));
        mark->setBrush(Qt::NoBrush);
        mark->topLeft->setCoords(cell.layer - 0.5, cell.module - 0.5);
        mark->bottomRight->setCoords(cell.layer + 0.5, cell.module + 0.5);
    }
    for (const LayerGrid::Cell& cell : warned) {
        if (!values.isAdapted(cell.layer, cell.module)) continue;
        auto* sign = signs_.emplace_back(new QCPItemText(plot));
        // A dot in the corner: the cell's own colour stays in sight where many have one.
        sign->setText(u"●"_s);
        QFont small = frame_.font();
        small.setPointSizeF(small.pointSizeF() * 0.7);
        sign->setFont(small);
        sign->setColor(warning);
        sign->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
        sign->position->setCoords(cell.layer + 0.5, cell.module - 0.5);
    }
    plot->replot(QCustomPlot::rpQueuedReplot);
    return static_cast<int>(signs_.size());
}

QPointF HeatMapCells::centreOf(const LayerGrid::Cell& cell) const {
    const QCustomPlot* plot = frame_.plot();
    return {plot->xAxis->coordToPixel(cell.layer), plot->yAxis->coordToPixel(cell.module)};
}

LayerGrid::Cell HeatMapCells::at(const QPointF& pixel) const {
    const QCustomPlot* plot = frame_.plot();
    return {static_cast<int>(std::floor(plot->xAxis->pixelToCoord(pixel.x()) + 0.5)),
        static_cast<int>(std::floor(plot->yAxis->pixelToCoord(pixel.y()) + 0.5))};
}

} // namespace lora
