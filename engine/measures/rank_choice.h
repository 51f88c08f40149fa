#pragma once
// How much rank each target of an adapter needs: smaller ranks chosen from the spectra.

#include "engine/measures/spectrum_values.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// One target to choose a rank for.
struct RankCandidate {
    std::string path;
    std::vector<double> singular_values; ///< of ΔW, descending
    std::int64_t cost = 0;               ///< parameters a unit of rank takes: in + out
};

/// Each gives a rank for every candidate, in their order, at most the number of its singular values.

/// The same rank for all.
std::vector<std::int64_t> ranks_up_to(const std::vector<RankCandidate>& candidates, std::int64_t rank);
/// The smallest that keep this share of each target's energy Σσ²; 0 where ΔW = 0. `share` in (0, 1].
std::vector<std::int64_t> ranks_for_energy(const std::vector<RankCandidate>& candidates, double share);
/// At most this many parameters over all targets, given to the directions with the most energy a parameter,
/// σ² / cost. Targets may get 0.
std::vector<std::int64_t> ranks_for_budget(
    const std::vector<RankCandidate>& candidates, std::int64_t parameters);

/// Share of a target's energy that its first `rank` directions hold; 1 where ΔW = 0.
double kept_energy(const std::vector<double>& singular_values, std::int64_t rank);
/// The same over all targets: Σσ² kept of Σσ².
double kept_energy(const std::vector<RankCandidate>& candidates, const std::vector<std::int64_t>& ranks);
/// Σ rank · cost.
std::int64_t parameters_of(
    const std::vector<RankCandidate>& candidates, const std::vector<std::int64_t>& ranks);

} // namespace lora
