#pragma once
// The picture of the heat map: a coloured cell for each linear between axes of layers and modules, its scale
// of colours, outlines and warning dots on the cells.

#include "ui/plots/heat_map_data.h"
#include "ui/plots/layer_grid.h"

#include <QColor>
#include <QPointF>
#include <utility>
#include <vector>

class QCPColorMap;
class QCPColorScale;
class QCPItemRect;
class QCPItemText;

namespace lora {

class PlotFrame;

class HeatMapCells {
public:
    static constexpr QColor warning{0xe5, 0x39, 0x35}; ///< on every colour of the map

    /// Takes the frame's plot, which is empty.
    explicit HeatMapCells(PlotFrame& frame);

    void recolor();
    /// Lays out the axes for a model's grid.
    void setGrid(const LayerGrid& grid);
    /// `range`: of the scale's colours, `caption` beside it.
    void show(const HeatMapData& values, const std::pair<double, double>& range, const QString& caption);
    void setVisible(bool visible);
    /// Outlines cells in their colours and sets a dot into others, in the place of those before. Cells that
    /// no linear is adapted in are left out. Returns how many have a dot.
    int mark(const HeatMapData& values, const std::vector<std::pair<LayerGrid::Cell, QColor>>& marked,
        const std::vector<LayerGrid::Cell>& warned);

    /// The middle of a cell, in the plot's pixels.
    QPointF centreOf(const LayerGrid::Cell& cell) const;
    LayerGrid::Cell at(const QPointF& pixel) const;

private:
    PlotFrame& frame_;
    QCPColorMap* map_;
    QCPColorScale* scale_;
    int layers_ = 0;
    int modules_ = 0;
    std::vector<QCPItemRect*> marks_;
    std::vector<QCPItemText*> signs_;
};

} // namespace lora
