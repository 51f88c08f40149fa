#pragma once
// One measure of every adapted linear, laid out on the model's grid: what the heat map paints and exports.

#include "engine/measures/measures.h"
#include "ui/plots/layer_grid.h"
#include "ui/plots/plot_export.h"

#include <QString>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace lora {

/// A measured value in the words of a reader: counts are whole numbers. "—" if undefined.
QString measureText(const Measure& measure, std::optional<double> value);

/// Smallest and largest value over all steps, so that a map's colours mean the same at each; {0, 1} if there
/// is none.
std::pair<double, double> rangeOver(
    const std::vector<std::shared_ptr<const SpectraOfStep>>& steps, const Measure& measure);

/// All measures of every adapted linear of one step; null: of none.
Table measuresTable(const LayerGrid& grid, const SpectraOfStep* spectra);

class HeatMapData {
public:
    HeatMapData() = default;
    HeatMapData(const LayerGrid& grid, const SpectraOfStep& spectra, const Measure& measure);

    int layers() const { return layers_; }
    int modules() const { return modules_; }
    /// The cell's value; none where nothing is adapted or the measure is undefined.
    std::optional<double> at(int layer, int module) const;
    bool isAdapted(int layer, int module) const;
    /// Smallest and largest value; {0, 1} if there is none.
    std::pair<double, double> range() const;

private:
    struct Cell {
        bool adapted = false;
        std::optional<double> value;
    };
    const Cell* cell(int layer, int module) const;

    int layers_ = 0;
    int modules_ = 0;
    std::vector<Cell> cells_;
};

} // namespace lora
