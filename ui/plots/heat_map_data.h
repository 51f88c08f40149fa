#pragma once
// One measure of every adapted linear, laid out on the model's grid: what the heat map paints and exports.

#include "engine/measures/spectrum_values.h"
#include "ui/plots/layer_grid.h"

#include <QString>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace lora {

enum class Measure {
    EffectiveRank,
    StableRank,
    ParticipationRatio,
    Rank90,
    Rank99,
    Rank,
    Frobenius,
    RelativeNorm
};

/// All measures, in the order of a list to choose from.
const std::vector<Measure>& allMeasures();
QString name(Measure measure);
/// A sentence on what it tells.
QString meaning(Measure measure);
/// None where ΔW = 0 leaves it undefined.
std::optional<double> value(const RankMeasures& measures, Measure measure);
/// A measured value in the words of a reader: ranks at an energy are whole numbers. "—" if undefined.
QString measureText(Measure measure, std::optional<double> value);

/// Smallest and largest value over all steps, so that a map's colours mean the same at each; {0, 1} if there
/// is none.
std::pair<double, double> rangeOver(
    const std::vector<std::shared_ptr<const SpectraOfStep>>& steps, Measure measure);

class HeatMapData {
public:
    HeatMapData() = default;
    HeatMapData(const LayerGrid& grid, const SpectraOfStep& spectra, Measure measure);

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
