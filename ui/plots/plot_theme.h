#pragma once
// The colours of plots, made from the window's palette, so that light and dark both read well.

#include <QColor>
#include <QPalette>

class QCustomPlot;
class QCPColorGradient;

namespace lora {

struct PlotColors {
    QColor background;
    QColor text;
    QColor dim; ///< tick labels
    QColor axis;
    QColor grid;
    QColor raw;    ///< single losses
    QColor smooth; ///< their mean
    QColor evaluation;
    QColor accent; ///< the latest spectrum, selections
};

PlotColors plotColors(const QPalette& palette);

/// The colour of the n-th of several curves, apart for colour-blind eyes too (after Okabe and Ito, 2008);
/// they repeat after eight.
QColor seriesColor(int index, const QPalette& palette);

/// Axes, grid, labels and background of all axis rects.
void applyColors(QCustomPlot& plot, const PlotColors& colors);

/// Viridis (van der Walt and Smith, 2015) without its darkest end, which a dark background would swallow;
/// values that are NaN stay blank.
QCPColorGradient heatGradient();

} // namespace lora
