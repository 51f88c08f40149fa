#pragma once
// One curve of several runs in one plot.

#include "engine/runs/run_curves.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/thinned_graph.h"

#include <QColor>
#include <QWidget>
#include <memory>
#include <vector>

class QCheckBox;
class QComboBox;

namespace lora {

class PlotFrame;

struct OverlaidRun {
    QString name;
    QColor color;
    std::shared_ptr<const RunRecord> record;
};

class RunOverlay : public QWidget {
    Q_OBJECT
public:
    explicit RunOverlay(QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    void setRuns(std::vector<OverlaidRun> runs);
    /// The curve shown, "train/loss"; the choice stays where the next runs have it too.
    QString curveName() const;
    void setCurveName(const QString& name);
    /// All points of the curve shown: run, step, value.
    Table table() const;

private:
    void fillCurves();
    void redraw();
    void rescale();
    void thin() const;

    std::vector<OverlaidRun> runs_;
    std::vector<std::vector<Curve>> curves_; ///< a run each
    std::vector<ThinnedGraph> graphs_;
    PlotFrame* frame_;
    QComboBox* curve_;
    QCheckBox* log_;
};

} // namespace lora
