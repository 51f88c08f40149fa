#pragma once
// The lines of a sweep's results, drawn into a plot: their points with the spread over seeds, what is carried
// across the plot, and where each line reaches d90.

#include "engine/sweeps/sweep_plot.h"

class QColor;
class QCustomPlot;
class QPalette;

namespace lora {

/// Adds them to the plot, which is empty. `perCent`: results are drawn times a hundred. `dim`: of what is no
/// line of its own.
void drawLines(
    QCustomPlot& plot, const SweepPlot& lines, bool perCent, const QPalette& palette, const QColor& dim);

/// Ranges of the axes in which all points and their spread are seen, with some room around them.
void showWhole(QCustomPlot& plot, const SweepPlot& lines, bool perCent);

} // namespace lora
