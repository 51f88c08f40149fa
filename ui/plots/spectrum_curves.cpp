#include "ui/plots/spectrum_curves.h"

#include "ui/elements/words.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::size_t historyCurves = 14;
constexpr double smallestShare = 1e-6; // of σ₁: below, a value is rounding in the float32 factors

} // namespace

void SpectrumCurves::drawCourse(const std::vector<SpectrumAt>& all, const QColor& color) {
    for (const std::size_t index : spread(all.size(), historyCurves)) {
        const double age = 1 - static_cast<double>(index + 1) / static_cast<double>(all.size());
        const bool latest = index + 1 == all.size();
        QColor faded = color;
        if (!latest) faded.setAlphaF(static_cast<float>(0.34 + 0.40 * (1 - age) * (1 - age)));
        const int before = plot_.graphCount();
        draw(*all[index].spectrum, QPen(faded, latest ? 2.2 : 1.3), latest);
        if (plot_.graphCount() == before) continue; // ΔW = 0
        QCPGraph* curve = plot_.graph();
        curve->setName(tr("step %1").arg(all[index].step));
        // The palest and the newest say which way time goes.
        if (before > 0 && !latest) curve->removeFromLegend();
    }
}

void SpectrumCurves::drawLatest(const Spectrum& spectrum, const QColor& color, const QString& name) {
    draw(spectrum, QPen(color, 2), true);
    if (plot_.graphCount() > 0) plot_.graph()->setName(name);
}

void SpectrumCurves::makeRoom(std::size_t values) { values_ = std::max(values_, values); }

void SpectrumCurves::draw(const Spectrum& spectrum, const QPen& pen, bool dots) {
    const std::vector<double>& values = spectrum.singular_values;
    const double top = values.empty() ? 0 : values.front();
    if (top <= 0) return;
    const double unit = relative_ ? top : 1;
    QCPGraph* graph = plot_.addGraph();
    for (std::size_t i = 0; i < values.size() && values[i] >= smallestShare * top; ++i) {
        const double value = values[i] / unit;
        graph->addData(static_cast<double>(i + 1), value);
        lowest_ = lowest_ == 0 ? value : std::min(lowest_, value);
        highest_ = std::max(highest_, value);
    }
    makeRoom(values.size());
    graph->setPen(pen);
    if (dots && values.size() <= 64)
        graph->setScatterStyle(
            QCPScatterStyle(QCPScatterStyle::ssDisc, QPen(pen.color()), QBrush(pen.color()), 5));
}

QCPRange SpectrumCurves::indexRange() const {
    const std::size_t values = values_ > 0 ? values_ : 8;
    return {0.5, std::max(2.0, static_cast<double>(values) + 0.5)};
}

QCPRange SpectrumCurves::valueRange() const {
    const double lowest = highest_ > 0 ? lowest_ : 1e-3;
    const double highest = highest_ > 0 ? highest_ : 1;
    return {lowest / 1.6, highest * 1.6};
}

} // namespace lora
