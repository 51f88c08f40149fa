#include "ui/plots/heat_map.h"

#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr QColor warningColor(0xe5, 0x39, 0x35); // on every colour of the map

} // namespace

HeatMap::HeatMap(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Layers × modules"), this)), measure_(new QComboBox(this)) {
    setObjectName(u"heatMap"_s);
    measure_->setObjectName(u"heatMeasure"_s);
    describeControl(*measure_, tr("Measure of the map"), tr("What the colour of each linear tells"));
    for (const Measure& each : measures()) {
        measure_->addItem(QString::fromUtf8(each.title));
        measure_->setItemData(measure_->count() - 1, QString::fromUtf8(each.meaning), Qt::ToolTipRole);
    }
    frame_->addControl(measure_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(frame_, 1);
    column->addWidget(buildFooter());
    buildPlot();
    recolor();
    connect(measure_, &QComboBox::currentIndexChanged, this, &HeatMap::redraw);
    connect(frame_, &PlotFrame::colorsChanged, this, &HeatMap::recolor);
    redraw();
}

QWidget* HeatMap::buildFooter() {
    auto* footer = new QWidget(this);
    step_ = new QSlider(Qt::Horizontal, footer);
    step_->setObjectName(u"heatStep"_s);
    describeControl(
        *step_, tr("Shown step"), tr("The map and the spectrum as they were after an earlier step"));
    stepLabel_ = new QLabel(footer);
    stepLabel_->setObjectName(u"heatStepLabel"_s);
    stepLabel_->setMinimumWidth(stepLabel_->fontMetrics().horizontalAdvance(u"step 000000"_s));
    warned_ = new QLabel(footer);
    warned_->setObjectName(u"heatWarned"_s);
    warned_->setToolTip(tr("Linears with a dot have a warning; it stands in the cell's tool tip"));
    nextRanks_ = new QToolButton(footer);
    nextRanks_->setObjectName(u"nextRanks"_s);
    nextRanks_->setText(tr("Use as next ranks…"));
    nextRanks_->setToolTip(
        tr("Gives each linear of the next run a rank in proportion to the effective rank it has "
           "here, within a budget of parameters"));
    auto* row = new QHBoxLayout(footer);
    row->setContentsMargins(10, 3, 10, 6);
    row->setSpacing(8);
    row->addWidget(stepLabel_);
    row->addWidget(step_, 1);
    row->addWidget(warned_);
    row->addWidget(nextRanks_);
    connect(step_, &QSlider::valueChanged, this, [this] {
        redraw();
        Q_EMIT stepChosen(shownStep());
    });
    connect(nextRanks_, &QToolButton::clicked, this, &HeatMap::nextRanksWanted);
    return footer;
}

void HeatMap::buildPlot() {
    QCustomPlot* plot = frame_->plot();
    plot->setInteractions(QCP::iNone);
    frame_->explain(explainHeatMap());
    frame_->setTableSource([this] { return table(); });
    plot->installEventFilter(this);
    map_ = new QCPColorMap(plot->xAxis, plot->yAxis);
    map_->setInterpolate(false);
    map_->setTightBoundary(false);
    map_->setGradient(heatGradient());
    scale_ = new QCPColorScale(plot);
    scale_->setType(QCPAxis::atRight);
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
    connect(plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        const LayerGrid::Cell cell = cellAt(event->position());
        if (!values_.isAdapted(cell.layer, cell.module)) return;
        const std::string& path = grid_.at(cell.layer, cell.module)->path;
        event->modifiers() & Qt::ShiftModifier ? Q_EMIT linearShiftClicked(path) : Q_EMIT linearClicked(path);
    });
}

void HeatMap::recolor() {
    const PlotColors& colors = frame_->colors();
    scale_->axis()->setTickLabelColor(colors.dim);
    scale_->axis()->setLabelColor(colors.dim);
    scale_->axis()->setBasePen(QPen(colors.axis));
    scale_->axis()->setTickPen(QPen(colors.axis));
    scale_->axis()->setSubTickPen(QPen(colors.axis));
    redrawMarks();
}

void HeatMap::setGrid(const LayerGrid& grid) {
    grid_ = grid;
    history_.clear();
    alarms_.clear();
    advice_.clear();
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

void HeatMap::setHistory(const SpectraHistory& history) {
    const auto before = shownStep();
    history_ = history;
    const auto& all = history_.all();
    const QSignalBlocker quiet(step_);
    step_->setRange(0, std::max(0, static_cast<int>(all.size()) - 1));
    step_->setValue(step_->maximum());
    for (std::size_t i = 0; before && i < all.size(); ++i)
        if (all[i]->step <= *before) step_->setValue(static_cast<int>(i));
    redraw();
}

std::shared_ptr<const SpectraOfStep> HeatMap::shown() const {
    const auto& all = history_.all();
    const auto index = static_cast<std::size_t>(step_->value());
    return index < all.size() ? all[index] : nullptr;
}

std::optional<std::int64_t> HeatMap::shownStep() const {
    const auto spectra = shown();
    if (!spectra || step_->value() == step_->maximum()) return std::nullopt;
    return spectra->step;
}

void HeatMap::setMeasure(const Measure& measure) {
    measure_->setCurrentIndex(static_cast<int>(&measure - measures().data()));
}

const Measure& HeatMap::measure() const {
    return measures().at(static_cast<std::size_t>(measure_->currentIndex()));
}

void HeatMap::redraw() {
    measure_->setToolTip(QString::fromUtf8(measure().meaning));
    const auto spectra = shown();
    values_ = spectra ? HeatMapData(grid_, *spectra, measure()) : HeatMapData();
    const bool filled = spectra && grid_.layers() > 0;
    step_->setEnabled(history_.all().size() > 1);
    stepLabel_->setText(spectra ? tr("step %1").arg(spectra->step) : QString());
    nextRanks_->setEnabled(filled);
    map_->data()->setSize(std::max(1, grid_.layers()), std::max(1, grid_.modules()));
    // Key and value ranges name the centres of the outer cells.
    map_->data()->setRange(
        QCPRange(0, std::max(1, grid_.layers() - 1)), QCPRange(0, std::max(1, grid_.modules() - 1)));
    map_->data()->fill(std::numeric_limits<double>::quiet_NaN());
    for (int layer = 0; layer < values_.layers(); ++layer)
        for (int module = 0; module < values_.modules(); ++module)
            if (const auto cell = values_.at(layer, module)) map_->data()->setCell(layer, module, *cell);
    const auto [low, high] = rangeOver(history_.all(), measure());
    const QCPRange range(low, high > low ? high : low + std::max(1e-9, std::abs(low) * 1e-3));
    map_->setDataRange(range);
    scale_->setDataRange(range);
    scale_->setLabel(QString::fromUtf8(measure().caption));
    map_->setVisible(filled);
    scale_->setVisible(filled);
    frame_->setHint(
        filled ? QString()
               : tr("The %1 of every adapted linear. A click shows its singular values; Shift and a click "
                    "puts another beside it.")
                     .arg(measure_->currentText().toLower()));
    redrawMarks();
}

void HeatMap::mark(const std::vector<std::pair<std::string, QColor>>& linears) {
    marked_ = linears;
    redrawMarks();
}

void HeatMap::setAlarms(std::map<std::string, QString> alarms, std::map<std::string, QString> advice) {
    alarms_ = std::move(alarms);
    advice_ = std::move(advice);
    redrawMarks();
}

void HeatMap::redrawMarks() {
    QCustomPlot* plot = frame_->plot();
    for (QCPItemRect* mark : marks_) plot->removeItem(mark);
    for (QCPItemText* sign : signs_) plot->removeItem(sign);
    marks_.clear();
    signs_.clear();
    for (const auto& [path, color] : marked_) {
        const LayerGrid::Cell cell = grid_.cellOf(path);
        if (!values_.isAdapted(cell.layer, cell.module)) continue;
        auto* mark = marks_.emplace_back(new QCPItemRect(plot));
        mark->setPen(QPen(color, 2.5));
        mark->setBrush(Qt::NoBrush);
        mark->topLeft->setCoords(cell.layer - 0.5, cell.module - 0.5);
        mark->bottomRight->setCoords(cell.layer + 0.5, cell.module + 0.5);
    }
    for (const auto& [path, sentence] : alarms_) {
        const LayerGrid::Cell cell = grid_.cellOf(path);
        if (!values_.isAdapted(cell.layer, cell.module)) continue;
        auto* sign = signs_.emplace_back(new QCPItemText(plot));
        // A dot in the corner: the cell's own colour stays in sight where many have one.
        sign->setText(u"●"_s);
        QFont small = font();
        small.setPointSizeF(small.pointSizeF() * 0.7);
        sign->setFont(small);
        sign->setColor(warningColor);
        sign->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
        sign->position->setCoords(cell.layer + 0.5, cell.module - 0.5);
    }
    warned_->setText(u"<span style='color:%1'>●</span> %2"_s.arg(warningColor.name()).arg(signs_.size()));
    warned_->setVisible(!signs_.empty());
    plot->replot(QCustomPlot::rpQueuedReplot);
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
    QString tip = u"%1\n%2: %3"_s.arg(path, measure_->currentText(),
        measured                ? measureText(measure(), measured)
        : measure().known_later ? tr("— (the run was written without it)")
                                : tr("— (ΔW = 0: nothing learned yet)"));
    for (const auto* said : {&alarms_, &advice_})
        if (const auto found = said->find(linear->path); found != said->end()) tip += u'\n' + found->second;
    return tip;
}

bool HeatMap::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::eventFilter(watched, event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), plainTip(tipOf(cellAt(QPointF(help->pos())))), frame_->plot());
    return true;
}

Table HeatMap::table() const {
    Table table{{u"path"_s, u"layer"_s, u"module"_s, u"step"_s}, {}};
    for (const Measure& each : measures()) table.header << QString::fromLatin1(each.key);
    const auto spectra = shown();
    if (!spectra) return table;
    for (const Spectrum& each : spectra->spectra) {
        const LayerGrid::Cell at = grid_.cellOf(each.path);
        QStringList row{QString::fromStdString(each.path),
            at.layer < 0 ? QString() : grid_.layerLabel(at.layer),
            at.module < 0 ? QString() : grid_.module(at.module).label, QString::number(spectra->step)};
        for (const Measure& measured : measures()) row << cell(measured.value(each));
        table.rows.push_back(row);
    }
    return table;
}

} // namespace lora
