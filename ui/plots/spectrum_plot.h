#pragma once
// The singular values of ΔW on a log axis: of one linear over its steps, the latest bold, earlier ones
// fainter; or of several side by side. Its rank measures beneath.

#include "ui/plots/plot_export.h"
#include "ui/plots/spectra_history.h"

#include <QColor>
#include <QWidget>
#include <optional>
#include <string>
#include <vector>

class QCheckBox;
class QComboBox;

namespace lora {

class MeasureTiles;
class PlotFrame;
class SpectrumCurves;

class SpectrumPlot : public QWidget {
    Q_OBJECT
public:
    explicit SpectrumPlot(QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    void setHistory(const SpectraHistory& history);
    /// Steps up to this one are drawn; none: all.
    void setShownStep(std::optional<std::int64_t> step);
    /// The linear shown; the first one by default. A path without a spectrum is ignored.
    void select(const std::string& path);
    /// Puts a linear beside the one shown, or takes it away again.
    void toggle(const std::string& path);
    std::string selected() const;
    /// All linears that are drawn, the selected one first, each with its colour.
    std::vector<std::pair<std::string, QColor>> drawn() const;
    /// Every step's values of the linears that are drawn.
    Table table() const;

Q_SIGNALS:
    void selectionChanged(); ///< which linears are drawn, or their colours

private:
    void fillPaths();
    void redraw();
    void drawSideBySide(SpectrumCurves& curves) const;
    std::vector<SpectrumAt> shown(const std::string& path) const;

    SpectraHistory history_;
    std::optional<std::int64_t> step_;
    std::vector<std::string> beside_;
    PlotFrame* frame_;
    QComboBox* paths_;
    QCheckBox* relative_;
    MeasureTiles* tiles_;
};

} // namespace lora
