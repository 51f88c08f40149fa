#pragma once
// One measure of every adapted linear as a map, blocks across and modules down, at any step of the run; a
// click chooses a linear, with Shift it is put beside the one chosen.

#include "ui/plots/heat_map_data.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/spectra_history.h"

#include <QColor>
#include <QWidget>
#include <map>
#include <memory>
#include <optional>
#include <string>

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace lora {

class HeatMapCells;
class PlotFrame;

class HeatMap : public QWidget {
    Q_OBJECT
public:
    explicit HeatMap(QWidget* parent = nullptr);
    ~HeatMap() override;

    PlotFrame* frame() const { return frame_; }
    void setGrid(const LayerGrid& grid);
    /// The slider stays at the newest step unless it was moved back.
    void setHistory(const SpectraHistory& history);
    void setMeasure(const Measure& measure);
    const Measure& measure() const;
    /// The step shown; none: the newest.
    std::optional<std::int64_t> shownStep() const;
    /// Outlines cells in these colours.
    void mark(const std::vector<std::pair<std::string, QColor>>& linears);
    /// Sets a warning sign into the cells of these linears, with the sentence on hovering.
    void setAlarms(std::map<std::string, QString> alarms, std::map<std::string, QString> advice);
    const HeatMapData& values() const { return values_; }
    /// The middle of a cell, in the plot's pixels.
    QPointF centreOf(const LayerGrid::Cell& cell) const;
    /// All measures of every adapted linear at the step shown.
    Table table() const;

Q_SIGNALS:
    void linearClicked(const std::string& path);
    void linearShiftClicked(const std::string& path);
    void stepChosen(std::optional<std::int64_t> step); ///< none: the newest, whatever comes
    void nextRanksWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildFooter();
    void redraw();
    void redrawMarks();
    std::shared_ptr<const SpectraOfStep> shown() const;
    QString tipOf(const LayerGrid::Cell& cell) const;

    LayerGrid grid_;
    SpectraHistory history_;
    HeatMapData values_;
    PlotFrame* frame_;
    QComboBox* measure_;
    QSlider* step_ = nullptr;
    QLabel* warned_ = nullptr; ///< how many linears have a warning
    QLabel* stepLabel_ = nullptr;
    QToolButton* nextRanks_ = nullptr;
    std::unique_ptr<HeatMapCells> cells_;
    std::vector<std::pair<std::string, QColor>> marked_;
    std::map<std::string, QString> alarms_; ///< by linear; with a dot and in the tool tip
    std::map<std::string, QString> advice_; ///< in the tool tip alone
};

} // namespace lora
