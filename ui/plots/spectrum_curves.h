#pragma once
// Singular values as curves in a plot with a log axis, and the ranges in which all that was drawn is seen.

#include "ui/plots/plot.h"
#include "ui/plots/spectra_history.h"

#include <cstddef>
#include <vector>

namespace lora {

/// Draws into a plot that has no curves yet.
class SpectrumCurves {
public:
    /// `relative`: to each spectrum's largest value.
    SpectrumCurves(QCustomPlot& plot, bool relative) : plot_(plot), relative_(relative) {}

    /// One linear over its steps: the latest bold, earlier ones fainter.
    void drawCourse(const std::vector<SpectrumAt>& all, const QColor& color);
    /// One of several linears side by side.
    void drawLatest(const Spectrum& spectrum, const QColor& color, const QString& name);
    /// For so many values, whether or not one of them is large enough to be drawn.
    void makeRoom(std::size_t values);

    QCPRange indexRange() const;
    QCPRange valueRange() const;

private:
    void draw(const Spectrum& spectrum, const QPen& pen, bool dots);

    QCustomPlot& plot_;
    bool relative_;
    double lowest_ = 0; ///< 0: nothing drawn yet
    double highest_ = 0;
    std::size_t values_ = 0;
};

} // namespace lora
