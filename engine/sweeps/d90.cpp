#include "engine/sweeps/d90.h"

#include <algorithm>
#include <cmath>

namespace lora {

D90 d90(std::vector<std::pair<double, double>> scores, double baseline) {
    D90 result{0.9 * baseline};
    std::sort(scores.begin(), scores.end());
    const auto first = std::find_if(
        scores.begin(), scores.end(), [&](const auto& point) { return point.second >= result.threshold; });
    if (first == scores.end()) return result;
    result.measured = first->first;
    if (first == scores.begin()) return result;
    const auto& [below, score_below] = *std::prev(first);
    const double share = (result.threshold - score_below) / (first->second - score_below);
    result.interpolated = std::exp(std::log(below) + share * (std::log(first->first) - std::log(below)));
    return result;
}

} // namespace lora
