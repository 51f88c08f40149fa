#include "ui/heat_map.h"

#include "ui/plot.h"
#include "ui/plot_frame.h"
#include "ui/quantities.h"

#include <QComboBox>
#include <QHelpEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

HeatMap::HeatMap(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Layers × modules"), this)), measure_(new QComboBox(this)) {
    setObjectName(u"heatMap"_s);
    measure_->setObjectName(u"heatMeasure"_s);
    for (const Measure measure : allMeasures()) {
        measure_->addItem(name(measure));
        measure_->setItemData(measure_->count() - 1, meaning(measure), Qt::ToolTipRole);
    }
    frame_->addControl(measure_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    buildPlot();
    recolor();
    connect(measure_, &QComboBox::currentIndexChanged, this, &HeatMap::redraw);
    connect(frame_, &PlotFrame::colorsChanged, this, &HeatMap::recolor);
    redraw();
}

void HeatMap::buildPlot() {
    QCustomPlot* plot = frame_->plot();
    plot->setInteractions(QCP::iNone);
    plot->installEventFilter(this);
    map_ = new QCPColorMap(plot->xAxis, plot->yAxis);
    map_->setInterpolate(false);
    map_->setTightBoundary(false);
    map_->setGradient(heatGradient());
    scale_ = new QCPColorScale(plot);
    scale_->setType(QCPAxis::atRight);
    scale_->setBarWidth(10);
    scale_->setGradient(heatGradient());
    plot->plotLayout()->addElement(0, 1, scale_);
    auto* margins = new QCPMarginGroup(plot);
    plot->axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    scale_->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    plot->xAxis->setLabel(tr("layer"));
    plot->xAxis->grid()->setVisible(false);
    plot->yAxis->grid()->setVisible(false);
    plot->yAxis->setRangeReversed(true);
    plot->xAxis->setTickLength(0);
    plot->yAxis->setTickLength(0);
    plot->xAxis->setSubTicks(false);
    plot->yAxis->setSubTicks(false);
    mark_ = new QCPItemRect(plot);
    mark_->setVisible(false);
    connect(plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        const LayerGrid::Cell cell = cellAt(event->position());
        if (values_.isAdapted(cell.layer, cell.module))
            Q_EMIT linearClicked(grid_.at(cell.layer, cell.module)->path);
    });
}

void HeatMap::recolor() {
    const PlotColors& colors = frame_->colors();
    scale_->axis()->setTickLabelColor(colors.dim);
    scale_->axis()->setBasePen(QPen(colors.axis));
    scale_->axis()->setTickPen(QPen(colors.axis));
    scale_->axis()->setSubTickPen(QPen(colors.axis));
    mark_->setPen(QPen(colors.text, 2));
    mark_->setBrush(Qt::NoBrush);
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void HeatMap::setGrid(const LayerGrid& grid) {
    grid_ = grid;
    spectra_.reset();
    labelAxes();
    redraw();
}

void HeatMap::labelAxes() {
    QCustomPlot* plot = frame_->plot();
    QSharedPointer<QCPAxisTickerText> modules(new QCPAxisTickerText);
    for (int module = 0; module < grid_.modules(); ++module)
        modules->addTick(module, grid_.module(module).label);
    plot->yAxis->setTicker(modules);
    QSharedPointer<QCPAxisTickerText> layers(new QCPAxisTickerText);
    const int apart = grid_.layers() > 12 ? 5 : 1;
    for (int layer = 0; layer < grid_.layers(); ++layer) {
        const bool head = grid_.layerLabel(layer) == u"head"_s;
        if (layer % apart == 0 || head) layers->addTick(layer, grid_.layerLabel(layer));
    }
    plot->xAxis->setTicker(layers);
    plot->xAxis->setRange(-0.5, std::max(1, grid_.layers()) - 0.5);
    plot->yAxis->setRange(-0.5, std::max(1, grid_.modules()) - 0.5);
}

void HeatMap::setSpectra(std::shared_ptr<const SpectraOfStep> spectra) {
    spectra_ = std::move(spectra);
    redraw();
}

void HeatMap::setMeasure(Measure measure) {
    for (int index = 0; index < measure_->count(); ++index)
        if (allMeasures()[static_cast<std::size_t>(index)] == measure) measure_->setCurrentIndex(index);
}

Measure HeatMap::measure() const {
    return allMeasures().at(static_cast<std::size_t>(measure_->currentIndex()));
}

void HeatMap::redraw() {
    measure_->setToolTip(meaning(measure()));
    values_ = spectra_ ? HeatMapData(grid_, *spectra_, measure()) : HeatMapData();
    const bool filled = spectra_ && grid_.layers() > 0;
    map_->data()->setSize(std::max(1, grid_.layers()), std::max(1, grid_.modules()));
    // Key and value ranges name the centres of the outer cells.
    map_->data()->setRange(
        QCPRange(0, std::max(1, grid_.layers() - 1)), QCPRange(0, std::max(1, grid_.modules() - 1)));
    map_->data()->fill(std::numeric_limits<double>::quiet_NaN());
    for (int layer = 0; layer < values_.layers(); ++layer)
        for (int module = 0; module < values_.modules(); ++module)
            if (const auto cell = values_.at(layer, module)) map_->data()->setCell(layer, module, *cell);
    const auto [low, high] = values_.range();
    const QCPRange range(low, high > low ? high : low + std::max(1e-9, std::abs(low) * 1e-3));
    map_->setDataRange(range);
    scale_->setDataRange(range);
    map_->setVisible(filled);
    scale_->setVisible(filled);
    frame_->setHint(filled ? QString()
                           : tr("The %1 of every adapted linear. A click shows its singular values.")
                                 .arg(name(measure()).toLower()));
    mark(marked_);
}

void HeatMap::mark(const std::string& path) {
    marked_ = path;
    const LayerGrid::Cell cell = grid_.cellOf(path);
    const bool shown = values_.isAdapted(cell.layer, cell.module);
    mark_->setVisible(shown);
    if (shown) {
        mark_->topLeft->setCoords(cell.layer - 0.5, cell.module - 0.5);
        mark_->bottomRight->setCoords(cell.layer + 0.5, cell.module + 0.5);
    }
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

QPointF HeatMap::centreOf(const LayerGrid::Cell& cell) const {
    const QCustomPlot* plot = frame_->plot();
    return {plot->xAxis->coordToPixel(cell.layer), plot->yAxis->coordToPixel(cell.module)};
}

LayerGrid::Cell HeatMap::cellAt(const QPointF& pixel) const {
    const QCustomPlot* plot = frame_->plot();
    return {static_cast<int>(std::floor(plot->xAxis->pixelToCoord(pixel.x()) + 0.5)),
        static_cast<int>(std::floor(plot->yAxis->pixelToCoord(pixel.y()) + 0.5))};
}

QString HeatMap::tipOf(const LayerGrid::Cell& cell) const {
    const LinearInfo* linear = grid_.at(cell.layer, cell.module);
    if (!linear) return {};
    const QString path = QString::fromStdString(linear->path);
    if (!values_.isAdapted(cell.layer, cell.module)) return tr("%1\nnot adapted").arg(path);
    const auto measured = values_.at(cell.layer, cell.module);
    return u"%1\n%2: %3"_s.arg(path, measure_->currentText(),
        measured ? measureText(measure(), measured) : tr("— (ΔW = 0: nothing learned yet)"));
}

bool HeatMap::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::eventFilter(watched, event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipOf(cellAt(QPointF(help->pos()))), frame_->plot());
    return true;
}

Table HeatMap::table() const {
    Table table{{u"path"_s, u"layer"_s, u"module"_s, u"step"_s, u"effective_rank"_s, u"stable_rank"_s,
                    u"participation_ratio"_s, u"rank_90"_s, u"rank_99"_s, u"frobenius"_s},
        {}};
    if (!spectra_) return table;
    for (const Spectrum& each : spectra_->spectra) {
        const LayerGrid::Cell at = grid_.cellOf(each.path);
        QStringList row{QString::fromStdString(each.path),
            at.layer < 0 ? QString() : grid_.layerLabel(at.layer),
            at.module < 0 ? QString() : grid_.module(at.module).label, QString::number(spectra_->step)};
        for (const Measure measure : allMeasures()) row << cell(value(each.measures, measure));
        table.rows.push_back(row);
    }
    return table;
}

} // namespace lora
