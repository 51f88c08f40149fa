#pragma once
// One measure of every adapted linear as a map, blocks across and modules down; a click chooses a linear.

#include "ui/heat_map_data.h"
#include "ui/plot_export.h"

#include <QWidget>
#include <memory>
#include <string>

class QComboBox;
class QCPColorMap;
class QCPColorScale;
class QCPItemRect;

namespace lora {

class PlotFrame;

class HeatMap : public QWidget {
    Q_OBJECT
public:
    explicit HeatMap(QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    void setGrid(const LayerGrid& grid);
    void setSpectra(std::shared_ptr<const SpectraOfStep> spectra);
    void setMeasure(Measure measure);
    Measure measure() const;
    /// Outlines a linear's cell.
    void mark(const std::string& path);
    const HeatMapData& values() const { return values_; }
    /// The middle of a cell, in the plot's pixels.
    QPointF centreOf(const LayerGrid::Cell& cell) const;
    /// All measures of every adapted linear.
    Table table() const;

Q_SIGNALS:
    void linearClicked(const std::string& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildPlot();
    void labelAxes();
    void redraw();
    void recolor();
    LayerGrid::Cell cellAt(const QPointF& pixel) const;
    QString tipOf(const LayerGrid::Cell& cell) const;

    LayerGrid grid_;
    std::shared_ptr<const SpectraOfStep> spectra_;
    HeatMapData values_;
    PlotFrame* frame_;
    QComboBox* measure_;
    QCPColorMap* map_ = nullptr;
    QCPColorScale* scale_ = nullptr;
    QCPItemRect* mark_ = nullptr;
    std::string marked_;
};

} // namespace lora
