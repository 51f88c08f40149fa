#include "ui/sweeps/sweep_lines.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_theme.h"

#include <algorithm>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

double unitOf(bool perCent) { return perCent ? 100 : 1; }

void drawAcross(QCustomPlot& plot, double y, const QColor& color, bool dotted) {
    auto* across = new QCPItemStraightLine(&plot);
    across->setPen(QPen(color, 1.2, dotted ? Qt::DotLine : Qt::DashLine));
    across->point1->setCoords(1, y);
    across->point2->setCoords(2, y);
}

void drawD90(QCustomPlot& plot, const SweepLine& line, double threshold, int index, const QColor& color,
    const QColor& dim) {
    drawAcross(plot, threshold, dim, true);
    const auto d = line.d90->interpolated ? line.d90->interpolated : line.d90->measured;
    if (!d) return;
    auto* mark = new QCPItemText(&plot);
    // Where the smallest that was tried reaches it, the least may be smaller.
    mark->setText((line.d90->interpolated ? u"d90 ≈ "_s : u"d90 ≤ "_s) + countText(std::llround(*d)));
    mark->setColor(color);
    mark->position->setCoords(*d, threshold);
    mark->setPositionAlignment(Qt::AlignTop | Qt::AlignLeft);
    // Below each other: two methods' d90 are often near.
    mark->setPadding(QMargins(4, 4 + index * QFontMetrics(mark->font()).lineSpacing(), 0, 0));
    auto* drop = new QCPItemStraightLine(&plot);
    drop->setPen(QPen(color, 1, Qt::DotLine));
    drop->point1->setCoords(*d, 0);
    drop->point2->setCoords(*d, 1);
}

void drawLine(QCustomPlot& plot, const SweepLine& line, int index, bool alone, double unit,
    const QPalette& palette, const QColor& dim) {
    const QColor color = seriesColor(index, palette);
    QCPGraph* graph = plot.addGraph();
    auto* bars = new QCPErrorBars(plot.xAxis, plot.yAxis);
    bars->removeFromLegend();
    bars->setDataPlottable(graph);
    bars->setPen(QPen(color, 1.2));
    bars->setSymbolGap(0);
    for (const SweepPoint& point : line.points) {
        graph->addData(point.x, unit * point.value.mean);
        bars->addData(unit * point.value.deviation.value_or(0));
    }
    graph->setName(text(line.name));
    graph->setPen(QPen(color, 1.8));
    graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 7));
    if (line.points.size() == 1 && !alone)
        drawAcross(plot, unit * line.points.front().value.mean, color, false);
    if (line.d90) drawD90(plot, line, unit * line.d90->threshold, index, color, dim);
}

} // namespace

void drawLines(
    QCustomPlot& plot, const SweepPlot& lines, bool perCent, const QPalette& palette, const QColor& dim) {
    const bool alone = lines.lines.size() == 1;
    for (std::size_t i = 0; i < lines.lines.size(); ++i)
        drawLine(plot, lines.lines[i], static_cast<int>(i), alone, unitOf(perCent), palette, dim);
}

void showWhole(QCustomPlot& plot, const SweepPlot& lines, bool perCent) {
    const double unit = unitOf(perCent);
    bool any = false;
    QCPRange x(0, 1), y(0, 1);
    const auto take = [&](double at, double low, double high) {
        const QCPRange here(at, at), span(low, high);
        x = any ? x.expanded(here) : here;
        y = any ? y.expanded(span) : span;
        any = true;
    };
    for (const SweepLine& line : lines.lines)
        for (const SweepPoint& point : line.points) {
            const double spread = point.value.deviation.value_or(0);
            take(point.x, unit * (point.value.mean - spread), unit * (point.value.mean + spread));
        }
    if (plot.xAxis->scaleType() == QCPAxis::stLogarithmic) {
        const double low = std::max(x.lower, 1e-12);
        plot.xAxis->setRange(low / 1.6, std::max(x.upper, low) * 1.6);
    } else {
        const double margin = x.size() > 0 ? 0.06 * x.size() : 0.5;
        plot.xAxis->setRange(x.lower - margin, x.upper + margin);
    }
    const double margin = std::max(0.08 * y.size(), 1e-3 * std::max(std::abs(y.upper), 1e-9));
    plot.yAxis->setRange(y.lower - margin, y.upper + margin);
}

} // namespace lora
