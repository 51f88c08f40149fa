#pragma once
// A sweep's results as curves with their spread over seeds.

#include "engine/sweeps/sweep_plot.h"
#include "ui/plots/plot_export.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QCustomPlot;
class QLabel;

namespace lora {

class PlotFrame;

/// One line for each method (or another setting's values), over a setting or the trainable parameters. Full
/// fine-tuning, and any line of one point, is carried across the plot as a dashed line; d90 is a dotted one.
class SweepCurves : public QWidget {
    Q_OBJECT
public:
    explicit SweepCurves(QWidget* parent = nullptr);

    /// A table that goes on keeps the question that was chosen.
    void setTable(const SweepTable& table);
    SweepQuestion question() const;
    void ask(const SweepQuestion& question);
    const SweepPlot& shown() const { return shown_; }

    PlotFrame* frame() const { return frame_; }
    Table table() const;

private:
    void fillChoices();
    void redraw();
    void setAxes();
    void rescale();
    /// An accuracy is drawn in per cent.
    bool isPerCent() const;

    SweepTable table_;
    SweepPlot shown_;
    PlotFrame* frame_;
    QComboBox* measure_;
    QComboBox* x_;
    QComboBox* lines_;
    QCheckBox* log_;
    QLabel* words_;
};

} // namespace lora
