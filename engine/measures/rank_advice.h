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

/// The rows that losses were measured on.
enum class AdviceRows {
    None,     ///< no loss was measured
    HeldOut,  ///< those of a run that were kept from training, or its second file
    File,     ///< those of a file, of which nothing more is known
    Training, ///< those that were trained on, for want of others
};
/// As JSON has it: "none", "held_out", "file", "training".
std::string name(AdviceRows rows);

struct RankAdvice {
    bool spread = false; ///< each point spreads the parameters of its rank over all targets by σ² / cost
    std::vector<RankCandidate> candidates; ///< energies by rank follow from kept_energy()
    std::vector<AdvicePoint> points;       ///< by rank, ascending; the last one is the adapter as it is
    double seconds = 0;
    AdviceRows rows = AdviceRows::None;
    std::int64_t samples = 0; ///< so many of them

    /// The smallest point that keeps `share` of the fall in loss from no adapter to the whole one (of the
    /// energy where no loss was measured). None before all points are there.
    std::optional<std::size_t> enough(double share = 0.99) const;
    /// What enough() says, in a sentence, and in another one on which rows the losses were measured.
    std::string in_words() const;
    /// "20 held-out rows", "64 training rows"; empty where no loss was measured.
    std::string rows_in_words() const;
};

/// 0, then 1, 2, 4, … below `rank`, and `rank`.
std::vector<std::int64_t> ranks_to_try(std::int64_t rank);

Json to_json(const AdvicePoint& point);
/// Energy kept at each of the points' ranks, one object a target.
Json kept_energy_json(const RankAdvice& advice, const RankCandidate& candidate);

} // namespace lora
