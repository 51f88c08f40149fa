#pragma once
// The losses of a run over its steps: every training loss, their smoothed line, the evaluations.

#include "ui/plots/loss_curve.h"
#include "ui/plots/loss_table.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/thinned_graph.h"

#include <QWidget>

class QCheckBox;
class QCPGraph;
class QCPItemLine;
class QSlider;

namespace lora {

class PlotFrame;

class LossPlot : public QWidget {
    Q_OBJECT
public:
    explicit LossPlot(QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    const LossCurve& curve() const { return curve_; }
    void clear();
    /// The length of the x axis before steps come.
    void setTotalSteps(std::int64_t total);
    void add(const std::vector<StepRecord>& steps);
    void add(const EvaluationRecord& evaluation);
    void setLogScale(bool on);
    Table table() const { return lossTable(curve_); }

private:
    void buildGraphs();
    void buildControls();
    void recolor();
    void rescale();
    void refresh();
    void redrawSmoothed();
    void thin() const;
    void readAt(double pixelX);
    void stopReading();
    void nameCurves();

    LossCurve curve_;
    std::int64_t totalSteps_ = 0;
    PlotFrame* frame_;
    QCheckBox* log_ = nullptr;
    QSlider* smoothing_ = nullptr;
    ThinnedGraph raw_;
    ThinnedGraph smooth_;
    QCPGraph* evaluation_ = nullptr;
    QCPItemLine* cursor_ = nullptr;
    int read_ = -1; ///< the step under the pointer, an index into the curve's; -1: none
};

} // namespace lora
