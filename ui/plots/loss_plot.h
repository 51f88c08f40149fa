#pragma once
// The losses of a run over its steps: every training loss, their smoothed line, the evaluations.

#include "ui/plots/loss_curve.h"
#include "ui/plots/loss_reading.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/thinned_graph.h"

#include <QWidget>
#include <optional>

class QCheckBox;
class QCPGraph;
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
    Table table() const;

private:
    void buildGraphs();
    void buildControls();
    void recolor();
    void rescale();
    void refresh();
    void redrawSmoothed();
    void thin() const;

    LossCurve curve_;
    std::int64_t totalSteps_ = 0;
    PlotFrame* frame_;
    QCheckBox* log_ = nullptr;
    QSlider* smoothing_ = nullptr;
    ThinnedGraph raw_;
    ThinnedGraph smooth_;
    QCPGraph* evaluation_ = nullptr;
    std::optional<LossReading> reading_;
};

} // namespace lora
