#include "ui/plots/heat_map_data.h"

#include "ui/elements/quantities.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace lora {

using namespace Qt::StringLiterals;

const std::vector<Measure>& allMeasures() {
    static const std::vector<Measure> all{Measure::EffectiveRank, Measure::StableRank,
        Measure::ParticipationRatio, Measure::Rank90, Measure::Rank99, Measure::Rank, Measure::Frobenius,
        Measure::RelativeNorm};
    return all;
}

QString name(Measure measure) {
    switch (measure) {
    case Measure::EffectiveRank: return u"Effective rank"_s;
    case Measure::StableRank: return u"Stable rank"_s;
    case Measure::ParticipationRatio: return u"Participation ratio"_s;
    case Measure::Rank90: return u"Rank at 90 % energy"_s;
    case Measure::Rank99: return u"Rank at 99 % energy"_s;
    case Measure::Rank: return u"Rank r"_s;
    case Measure::Frobenius: return u"‖ΔW‖ (Frobenius)"_s;
    case Measure::RelativeNorm: return u"‖ΔW‖/‖W₀‖"_s;
    }
    return {};
}

QString meaning(Measure measure) {
    switch (measure) {
    case Measure::EffectiveRank:
        return u"How many directions the update really uses. 1: all of it lies in one direction; r: every "
               u"direction "
               "is used equally. exp of the entropy of σ/Σσ (Roy and Vetterli, 2007)."_s;
    case Measure::StableRank:
        return u"How much the update holds beside its strongest direction: Σσ² / σ₁². Close to 1 means that "
               u"one "
               "direction does nearly all the work."_s;
    case Measure::ParticipationRatio:
        return u"How many directions share the energy: (Σσ²)² / Σσ⁴. k equal directions give k."_s;
    case Measure::Rank90:
        return u"The fewest directions that hold 90 % of the update's energy Σσ². An adapter of this rank "
               u"would keep "
               "nine tenths of it."_s;
    case Measure::Rank99: return u"The fewest directions that hold 99 % of the update's energy Σσ²."_s;
    case Measure::Rank:
        return u"How many directions the update has. Fixed for most methods; AdaLoRA moves them from linear "
               u"to "
               u"linear while it trains."_s;
    case Measure::Frobenius:
        return u"How large the update is: ‖ΔW‖ = √Σσ². 0 before the first step, since B begins as zero."_s;
    case Measure::RelativeNorm:
        return u"How large the update is beside the weight that it changes. Runs that were written without "
               u"it show nothing."_s;
    }
    return {};
}

std::optional<double> value(const RankMeasures& measures, Measure measure) {
    const auto number = [](const std::optional<std::int64_t>& rank) -> std::optional<double> {
        if (!rank) return std::nullopt;
        return static_cast<double>(*rank);
    };
    switch (measure) {
    case Measure::EffectiveRank: return measures.effective_rank;
    case Measure::StableRank: return measures.stable_rank;
    case Measure::ParticipationRatio: return measures.participation_ratio;
    case Measure::Rank90: return number(measures.rank_90);
    case Measure::Rank99: return number(measures.rank_99);
    case Measure::Rank: return number(measures.rank);
    case Measure::Frobenius: return measures.frobenius;
    case Measure::RelativeNorm: return measures.relative_norm;
    }
    return std::nullopt;
}

QString measureText(Measure measure, std::optional<double> value) {
    const bool whole = measure == Measure::Rank90 || measure == Measure::Rank99 || measure == Measure::Rank;
    return whole && value ? countText(std::llround(*value)) : measureText(value);
}

std::pair<double, double> rangeOver(
    const std::vector<std::shared_ptr<const SpectraOfStep>>& steps, Measure measure) {
    std::optional<std::pair<double, double>> range;
    for (const auto& step : steps)
        for (const Spectrum& spectrum : step->spectra)
            if (const auto each = value(spectrum.measures, measure))
                range = range ? std::pair(std::min(range->first, *each), std::max(range->second, *each))
                              : std::pair(*each, *each);
    return range.value_or(std::pair(0.0, 1.0));
}

HeatMapData::HeatMapData(const LayerGrid& grid, const SpectraOfStep& spectra, Measure measure)
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
                true, value(found->second->measures, measure)};
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
