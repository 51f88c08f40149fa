#pragma once
// Reads the values off a plot of losses: the legend tells those of the last step, or of the one under the
// pointer, which a line marks.

#include "ui/plots/loss_curve.h"

class QColor;
class QCPGraph;
class QCPItemLine;
class QCustomPlot;

namespace lora {

class LossReading {
public:
    /// The plot's curves, whose names in the legend are told here.
    struct Curves {
        QCPGraph* training;
        QCPGraph* smoothed;
        QCPGraph* evaluation;
    };
    /// Plot and losses must outlive it.
    LossReading(QCustomPlot& plot, const LossCurve& losses, const Curves& curves);

    /// Of the line.
    void recolor(const QColor& color);
    /// `x`: the pointer's place in pixels.
    void readAt(double x);
    /// The pointer left.
    void stop();
    /// Anew, after the losses changed.
    void nameCurves();

private:
    void nameEvaluation();

    QCustomPlot& plot_;
    const LossCurve& losses_;
    Curves curves_;
    QCPItemLine* cursor_;
    int read_ = -1; ///< the step under the pointer, an index into the losses'; −1: none
};

} // namespace lora
