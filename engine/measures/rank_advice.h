#pragma once
// How much rank is enough: energy kept and loss measured at smaller ranks, as plain values.

#include "engine/files/json.h"
#include "engine/measures/rank_choice.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// One smaller adapter that was looked at.
struct AdvicePoint {
    std::int64_t rank = 0; ///< the same for all targets, or what the budget is worth; 0: no adapter
    std::vector<std::int64_t> ranks = {}; ///< of each target
    std::int64_t parameters = 0;
    double kept_energy = 0;          ///< of all targets together
    std::optional<double> loss = {}; ///< evaluated; none without a dataset
    bool operator==(const AdvicePoint&) const = default;
};

struct RankAdvice {
    bool spread = false; ///< each point spreads the parameters of its rank over all targets by σ² / cost
    std::vector<RankCandidate> candidates; ///< energies by rank follow from kept_energy()
    std::vector<AdvicePoint> points;       ///< by rank, ascending; the last one is the adapter as it is
    double seconds = 0;

    /// The smallest point that keeps `share` of the fall in loss from no adapter to the whole one (of the
    /// energy where no loss was measured). None before all points are there.
    std::optional<std::size_t> enough(double share = 0.99) const;
    /// What enough() says, in a sentence.
    std::string in_words() const;
};

/// 0, then 1, 2, 4, … below `rank`, and `rank`.
std::vector<std::int64_t> ranks_to_try(std::int64_t rank);

Json to_json(const AdvicePoint& point);
/// Energy kept at each of the points' ranks, one object a target.
Json kept_energy_json(const RankAdvice& advice, const RankCandidate& candidate);

} // namespace lora
