#include "ui/plots/spectrum_plot.h"

#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/measure_tiles.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/spectrum_curves.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

SpectrumPlot::SpectrumPlot(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Singular values of ΔW"), this)), paths_(new QComboBox(this)),
      relative_(new QCheckBox(tr("σ/σ₁"), this)), tiles_(new MeasureTiles(this)) {
    setObjectName(u"spectrumPlot"_s);
    paths_->setObjectName(u"spectrumPath"_s);
    paths_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    paths_->setMinimumContentsLength(14);
    paths_->setEnabled(false);
    describeControl(*paths_, tr("Linear of the spectrum"),
        tr("The linear shown; a click into the map chooses it too, Shift and a click puts another "
           "beside it."));
    relative_->setObjectName(u"relativeSpectrum"_s);
    relative_->setToolTip(tr("Relative to the largest singular value: compares shapes whatever the size."));
    frame_->addControl(relative_);
    frame_->addControl(paths_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(frame_, 1);
    column->addWidget(tiles_);

    frame_->explain(explainSpectrum());
    frame_->setTableSource([this] { return table(); });
    QCustomPlot* plot = frame_->plot();
    plot->xAxis->setLabel(tr("index i"));
    const QSharedPointer<QCPAxisTickerFixed> whole(new QCPAxisTickerFixed);
    whole->setTickStep(1);
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    plot->xAxis->setTicker(whole);
    plot->xAxis->setSubTicks(false);
    plot->yAxis->setLabel(tr("σ"));
    setLogarithmic(*plot->yAxis, true);
    frame_->putLegendAbove();
    connect(frame_, &PlotFrame::colorsChanged, this, [this] {
        redraw();
        Q_EMIT selectionChanged();
    });
    connect(frame_, &PlotFrame::followRequested, this, &SpectrumPlot::redraw);
    connect(relative_, &QCheckBox::toggled, this, [this](bool on) {
        frame_->plot()->yAxis->setLabel(on ? tr("σ / σ₁") : tr("σ"));
        frame_->setFollows(true);
    });
    connect(paths_, &QComboBox::currentIndexChanged, this, [this] {
        beside_.clear();
        frame_->setFollows(true);
        Q_EMIT selectionChanged();
    });
    redraw();
}

void SpectrumPlot::setHistory(const SpectraHistory& history) {
    history_ = history;
    if (history_.isEmpty()) frame_->setFollows(true);
    fillPaths();
    redraw();
}

void SpectrumPlot::setShownStep(std::optional<std::int64_t> step) {
    if (step_ == step) return;
    step_ = step;
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
    beside_.clear();
    for (const std::string& path : paths) {
        paths_->addItem(shortPath(path), QString::fromStdString(path));
        paths_->setItemData(paths_->count() - 1, plainTip(QString::fromStdString(path)), Qt::ToolTipRole);
    }
    paths_->setEnabled(!paths.empty());
    if (!paths.empty())
        paths_->setCurrentIndex(std::max(0, paths_->findData(QString::fromStdString(before))));
    Q_EMIT selectionChanged();
}

void SpectrumPlot::select(const std::string& path) {
    const int index = paths_->findData(QString::fromStdString(path));
    if (index < 0) return;
    beside_.clear();
    if (index != paths_->currentIndex()) return paths_->setCurrentIndex(index);
    redraw();
    Q_EMIT selectionChanged();
}

void SpectrumPlot::toggle(const std::string& path) {
    if (path == selected() || paths_->findData(QString::fromStdString(path)) < 0) return;
    const auto there = std::find(beside_.begin(), beside_.end(), path);
    if (there == beside_.end())
        beside_.push_back(path);
    else
        beside_.erase(there);
    frame_->setFollows(true);
    Q_EMIT selectionChanged();
}

std::string SpectrumPlot::selected() const { return paths_->currentData().toString().toStdString(); }

std::vector<std::pair<std::string, QColor>> SpectrumPlot::drawn() const {
    if (selected().empty()) return {};
    if (beside_.empty()) return {{selected(), frame_->colors().text}};
    std::vector<std::pair<std::string, QColor>> all{{selected(), seriesColor(0, palette())}};
    for (std::size_t i = 0; i < beside_.size(); ++i)
        all.emplace_back(beside_[i], seriesColor(static_cast<int>(i) + 1, palette()));
    return all;
}

std::vector<SpectrumAt> SpectrumPlot::shown(const std::string& path) const {
    std::vector<SpectrumAt> all = history_.of(path);
    if (step_) std::erase_if(all, [this](const SpectrumAt& at) { return at.step > *step_; });
    return all;
}

void SpectrumPlot::redraw() {
    QCustomPlot* plot = frame_->plot();
    plot->clearGraphs();
    const std::vector<SpectrumAt> all = shown(selected());
    SpectrumCurves curves(*plot, relative_->isChecked());
    if (all.empty()) {
        frame_->setHint(
            tr("How strong each direction of the update ΔW = (α/r)·B·A is, σ₁ … σᵣ, live while a run is "
               "training."));
        tiles_->clear();
    } else {
        beside_.empty() ? curves.drawCourse(all, frame_->colors().accent) : drawSideBySide(curves);
        const Spectrum& last = *all.back().spectrum;
        frame_->setHint(
            last.measures.frobenius > 0 || !beside_.empty()
                ? QString()
                : tr("ΔW = 0: B is still zero, so there is nothing to take apart yet. The first steps "
                     "change that."));
        tiles_->setMeasures(all.back().step, last, beside_.empty() ? QString() : shortPath(selected()));
        curves.makeRoom(last.singular_values.size());
    }
    plot->legend->setVisible(plot->graphCount() > 1);
    frame_->setWholeView(curves.indexRange(), curves.valueRange());
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void SpectrumPlot::drawSideBySide(SpectrumCurves& curves) const {
    for (const auto& [path, color] : drawn()) {
        const std::vector<SpectrumAt> all = shown(path);
        if (!all.empty()) curves.drawLatest(*all.back().spectrum, color, shortPath(path));
    }
}

Table SpectrumPlot::table() const {
    Table table{{u"path"_s, u"step"_s, u"index"_s, u"singular_value"_s}, {}};
    for (const auto& [path, color] : drawn())
        for (const SpectrumAt& at : history_.of(path))
            for (std::size_t i = 0; i < at.spectrum->singular_values.size(); ++i)
                table.rows.push_back({QString::fromStdString(path), QString::number(at.step),
                    QString::number(i + 1), cell(at.spectrum->singular_values[i])});
    return table;
}

} // namespace lora
