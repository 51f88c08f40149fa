#include "ui/spectrum_plot.h"

#include "ui/heat_map_data.h"
#include "ui/plot.h"
#include "ui/plot_frame.h"
#include "ui/quantities.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t historyCurves = 14;
constexpr double smallestShare = 1e-6; // of σ₁: below, a value is rounding in the float32 factors

} // namespace

SpectrumPlot::SpectrumPlot(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Singular values of ΔW"), this)), paths_(new QComboBox(this)),
      relative_(new QCheckBox(tr("σ/σ₁"), this)), measures_(new QLabel(this)) {
    setObjectName(u"spectrumPlot"_s);
    paths_->setObjectName(u"spectrumPath"_s);
    paths_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    paths_->setMinimumContentsLength(14);
    paths_->setToolTip(tr("The linear shown; a click into the map chooses it too."));
    relative_->setObjectName(u"relativeSpectrum"_s);
    relative_->setToolTip(tr("Relative to the largest singular value."));
    measures_->setObjectName(u"measures"_s);
    measures_->setContentsMargins(10, 2, 10, 6);
    measures_->setWordWrap(true);
    measures_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    frame_->addControl(relative_);
    frame_->addControl(paths_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(frame_, 1);
    column->addWidget(measures_);

    QCustomPlot* plot = frame_->plot();
    plot->xAxis->setLabel(tr("index i"));
    plot->yAxis->setLabel(tr("σ_i"));
    plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
    plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog));
    plot->yAxis->setNumberFormat(u"eb"_s);
    plot->yAxis->setNumberPrecision(0);
    connect(frame_, &PlotFrame::colorsChanged, this, &SpectrumPlot::redraw);
    connect(frame_, &PlotFrame::followRequested, this, &SpectrumPlot::redraw);
    connect(relative_, &QCheckBox::toggled, this, [this] { frame_->setFollows(true); });
    connect(paths_, &QComboBox::currentIndexChanged, this, [this] {
        frame_->setFollows(true);
        Q_EMIT selectionChanged(selected());
    });
    clear();
}

void SpectrumPlot::clear() {
    history_.clear();
    paths_->clear();
    frame_->setFollows(true);
}

void SpectrumPlot::add(std::shared_ptr<const SpectraOfStep> spectra) {
    history_.add(std::move(spectra));
    fillPaths();
    redraw();
}

void SpectrumPlot::fillPaths() {
    const std::vector<std::string> paths = history_.paths();
    const auto same = [&] {
        if (paths_->count() != static_cast<int>(paths.size())) return false;
        for (int i = 0; i < paths_->count(); ++i)
            if (paths_->itemData(i).toString().toStdString() != paths[static_cast<std::size_t>(i)])
                return false;
        return true;
    };
    if (same()) return;
    const std::string before = selected();
    const QSignalBlocker quiet(paths_);
    paths_->clear();
    for (const std::string& path : paths) {
        paths_->addItem(shortPath(path), QString::fromStdString(path));
        paths_->setItemData(paths_->count() - 1, QString::fromStdString(path), Qt::ToolTipRole);
    }
    paths_->setCurrentIndex(std::max(0, paths_->findData(QString::fromStdString(before))));
    Q_EMIT selectionChanged(selected());
}

void SpectrumPlot::select(const std::string& path) {
    const int index = paths_->findData(QString::fromStdString(path));
    if (index >= 0) paths_->setCurrentIndex(index);
}

std::string SpectrumPlot::selected() const { return paths_->currentData().toString().toStdString(); }

void SpectrumPlot::redraw() {
    QCustomPlot* plot = frame_->plot();
    plot->clearGraphs();
    const std::vector<SpectrumAt> all = history_.of(selected());
    if (all.empty()) {
        frame_->setHint(tr("σ₁ … σ_r of the update ΔW = (α/r)·B·A, live while a run is training."));
        measures_->setText(u"—"_s);
        rescale(1e-3, 1, 8);
        return;
    }
    double lowest = 0;
    double highest = 0;
    for (const std::size_t index : spread(all.size(), historyCurves)) {
        const std::vector<double>& values = all[index].spectrum->singular_values;
        const double top = values.empty() ? 0 : values.front();
        if (top <= 0) continue;
        const double unit = relative_->isChecked() ? top : 1;
        const double age = 1 - static_cast<double>(index + 1) / static_cast<double>(all.size());
        drawStep(all[index], age, top);
        for (const double value : values) {
            if (value < smallestShare * top) continue;
            lowest = lowest == 0 ? value / unit : std::min(lowest, value / unit);
            highest = std::max(highest, value / unit);
        }
    }
    const SpectrumAt& last = all.back();
    const bool zero = last.spectrum->measures.frobenius == 0;
    frame_->setHint(zero ? tr("ΔW = 0: nothing learned yet") : QString());
    showMeasures(last);
    rescale(highest > 0 ? lowest : 1e-3, highest > 0 ? highest : 1, last.spectrum->singular_values.size());
}

void SpectrumPlot::drawStep(const SpectrumAt& at, double age, double top) {
    const PlotColors& colors = frame_->colors();
    QCPGraph* graph = frame_->plot()->addGraph();
    const double unit = relative_->isChecked() ? top : 1;
    const std::vector<double>& values = at.spectrum->singular_values;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] >= smallestShare * top) graph->addData(static_cast<double>(i + 1), values[i] / unit);
    QColor color = colors.accent;
    const bool latest = age == 0;
    if (!latest) color.setAlphaF(static_cast<float>(0.22 + 0.45 * (1 - age) * (1 - age)));
    graph->setPen(QPen(color, latest ? 2.2 : 1.3));
    if (latest)
        graph->setScatterStyle(
            QCPScatterStyle(QCPScatterStyle::ssDisc, QPen(colors.accent), QBrush(colors.accent), 5));
}

void SpectrumPlot::rescale(double lowest, double highest, std::size_t values) {
    QCustomPlot* plot = frame_->plot();
    if (frame_->follows()) {
        plot->xAxis->setRange(0.5, std::max(2.0, static_cast<double>(values) + 0.5));
        plot->yAxis->setRange(lowest / 1.6, highest * 1.6);
        // A log axis narrower than a decade would show one label or none.
        if (highest / lowest < 10) plot->yAxis->setRange(lowest / 3, highest * 3);
    }
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void SpectrumPlot::showMeasures(const SpectrumAt& at) {
    const RankMeasures& m = at.spectrum->measures;
    const auto of = [&](Measure measure) {
        return u"<b>%1</b>"_s.arg(measureText(measure, value(m, measure)));
    };
    const QString gap = u"&nbsp;&nbsp; "_s;
    measures_->setText(tr("step %1").arg(at.step) + gap
                       + tr("effective&nbsp;rank&nbsp;%1").arg(of(Measure::EffectiveRank)) + gap
                       + tr("stable&nbsp;rank&nbsp;%1").arg(of(Measure::StableRank)) + gap
                       + tr("participation&nbsp;%1").arg(of(Measure::ParticipationRatio)) + gap
                       + tr("rank&nbsp;90/99&nbsp;%&nbsp;%1/%2").arg(of(Measure::Rank90), of(Measure::Rank99))
                       + gap + tr("‖ΔW‖<sub>F</sub>&nbsp;%1").arg(of(Measure::Frobenius)));
    measures_->setToolTip(meaning(Measure::EffectiveRank) + u'\n' + meaning(Measure::StableRank) + u'\n'
                          + meaning(Measure::ParticipationRatio));
}

Table SpectrumPlot::table() const {
    Table table{{u"path"_s, u"step"_s, u"index"_s, u"singular_value"_s}, {}};
    for (const SpectrumAt& at : history_.of(selected()))
        for (std::size_t i = 0; i < at.spectrum->singular_values.size(); ++i)
            table.rows.push_back({QString::fromStdString(at.spectrum->path), QString::number(at.step),
                QString::number(i + 1), cell(at.spectrum->singular_values[i])});
    return table;
}

} // namespace lora
