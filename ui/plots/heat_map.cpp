#include "ui/plots/heat_map.h"

#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/heat_map_cells.h"
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
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

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
    frame_->explain(explainHeatMap());
    frame_->setTableSource([this] { return table(); });
    frame_->plot()->installEventFilter(this);
    cells_ = std::make_unique<HeatMapCells>(*frame_);
    connect(frame_->plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        const LayerGrid::Cell cell = cells_->at(event->position());
        if (!values_.isAdapted(cell.layer, cell.module)) return;
        const std::string& path = grid_.at(cell.layer, cell.module)->path;
        event->modifiers() & Qt::ShiftModifier ? Q_EMIT linearShiftClicked(path) : Q_EMIT linearClicked(path);
    });
    connect(measure_, &QComboBox::currentIndexChanged, this, &HeatMap::redraw);
    connect(frame_, &PlotFrame::colorsChanged, this, [this] {
        cells_->recolor();
        redrawMarks();
    });
    redraw();
}

HeatMap::~HeatMap() = default;

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

void HeatMap::setGrid(const LayerGrid& grid) {
    grid_ = grid;
    history_.clear();
    alarms_.clear();
    advice_.clear();
    cells_->setGrid(grid_);
    redraw();
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
    cells_->show(values_, rangeOver(history_.all(), measure()), QString::fromUtf8(measure().caption));
    cells_->setVisible(filled);
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
    std::vector<LayerGrid::Cell> warned;
    for (const auto& [path, sentence] : alarms_) warned.push_back(grid_.cellOf(path));
    std::vector<std::pair<LayerGrid::Cell, QColor>> marked;
    for (const auto& [path, color] : marked_) marked.emplace_back(grid_.cellOf(path), color);
    const int dots = cells_->mark(values_, marked, warned);
    warned_->setText(u"<span style='color:%1'>●</span> %2"_s.arg(HeatMapCells::warning.name()).arg(dots));
    warned_->setVisible(dots > 0);
}

QPointF HeatMap::centreOf(const LayerGrid::Cell& cell) const { return cells_->centreOf(cell); }

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
    QToolTip::showText(help->globalPos(), plainTip(tipOf(cells_->at(QPointF(help->pos())))), frame_->plot());
    return true;
}

Table HeatMap::table() const { return measuresTable(grid_, shown().get()); }

} // namespace lora
