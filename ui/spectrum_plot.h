#pragma once
// The singular values of one linear's ΔW on a log axis: the latest bold, earlier steps fainter; rank measures
// beneath.

#include "ui/plot_export.h"
#include "ui/spectra_history.h"

#include <QWidget>
#include <string>

class QCheckBox;
class QComboBox;
class QLabel;

namespace lora {

class PlotFrame;

class SpectrumPlot : public QWidget {
    Q_OBJECT
public:
    explicit SpectrumPlot(QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    const SpectraHistory& history() const { return history_; }
    void clear();
    void add(std::shared_ptr<const SpectraOfStep> spectra);
    /// The linear shown; the first one by default. A path without a spectrum is ignored.
    void select(const std::string& path);
    std::string selected() const;
    /// Every step's values of the selected linear.
    Table table() const;

Q_SIGNALS:
    void selectionChanged(const std::string& path);

private:
    void fillPaths();
    void redraw();
    void drawStep(const SpectrumAt& at, double age, double top);
    void showMeasures(const SpectrumAt& at);
    void rescale(double lowest, double highest, std::size_t values);

    SpectraHistory history_;
    PlotFrame* frame_;
    QComboBox* paths_;
    QCheckBox* relative_;
    QLabel* measures_;
};

} // namespace lora
