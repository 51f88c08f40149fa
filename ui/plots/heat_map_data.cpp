#include "ui/plots/heat_map_data.h"

#include "ui/elements/quantities.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace lora {

using namespace Qt::StringLiterals;

QString measureText(const Measure& measure, std::optional<double> value) {
    const bool whole = measure.scale == Measure::Scale::Count;
    return whole && value ? countText(std::llround(*value)) : measureText(value);
}

std::pair<double, double> rangeOver(
    const std::vector<std::shared_ptr<const SpectraOfStep>>& steps, const Measure& measure) {
    std::optional<std::pair<double, double>> range;
    for (const auto& step : steps)
        for (const Spectrum& spectrum : step->spectra)
            if (const auto each = measure.value(spectrum))
                range = range ? std::pair(std::min(range->first, *each), std::max(range->second, *each))
                              : std::pair(*each, *each);
    return range.value_or(std::pair(0.0, 1.0));
}

Table measuresTable(const LayerGrid& grid, const SpectraOfStep* spectra) {
    Table table{{u"path"_s, u"layer"_s, u"module"_s, u"step"_s}, {}};
    for (const Measure& each : measures()) table.header << QString::fromLatin1(each.key);
    if (!spectra) return table;
    for (const Spectrum& each : spectra->spectra) {
        const LayerGrid::Cell at = grid.cellOf(each.path);
        QStringList row{QString::fromStdString(each.path),
            at.layer < 0 ? QString() : grid.layerLabel(at.layer),
            at.module < 0 ? QString() : grid.module(at.module).label, QString::number(spectra->step)};
        for (const Measure& measured : measures()) row << cell(measured.value(each));
        table.rows.push_back(row);
    }
    return table;
}

HeatMapData::HeatMapData(const LayerGrid& grid, const SpectraOfStep& spectra, const Measure& measure)
    : layers_(grid.layers()), modules_(grid.modules()),
      cells_(static_cast<std::size_t>(grid.layers()) * static_cast<std::size_t>(grid.modules())) {
    std::map<std::string, const Spectrum*> byPath;
    for (const Spectrum& each : spectra.spectra) byPath[each.path] = &each;
    for (int layer = 0; layer < layers_; ++layer)
        for (int module = 0; module < modules_; ++module) {
            const LinearInfo* linear = grid.at(layer, module);
            const auto found = linear ? byPath.find(linear->path) : byPath.end();
            if (found == byPath.end()) continue;
            cells_[static_cast<std::size_t>(layer * modules_ + module)] = {
                true, measure.value(*found->second)};
        }
}

const HeatMapData::Cell* HeatMapData::cell(int layer, int module) const {
    if (layer < 0 || layer >= layers_ || module < 0 || module >= modules_) return nullptr;
    return &cells_[static_cast<std::size_t>(layer * modules_ + module)];
}

std::optional<double> HeatMapData::at(int layer, int module) const {
    const Cell* found = cell(layer, module);
    return found ? found->value : std::nullopt;
}

bool HeatMapData::isAdapted(int layer, int module) const {
    const Cell* found = cell(layer, module);
    return found && found->adapted;
}

std::pair<double, double> HeatMapData::range() const {
    bool any = false;
    double low = 0;
    double high = 1;
    for (const Cell& each : cells_) {
        if (!each.value) continue;
        low = any ? std::min(low, *each.value) : *each.value;
        high = any ? std::max(high, *each.value) : *each.value;
        any = true;
    }
    return {low, high};
}

} // namespace lora
