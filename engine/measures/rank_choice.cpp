#include "engine/measures/rank_choice.h"

#include <algorithm>

namespace lora {

namespace {

std::int64_t most_of(const RankCandidate& candidate) {
    return static_cast<std::int64_t>(candidate.singular_values.size());
}

// Relative to the largest σ of all, so that squares of tiny ones do not vanish.
double largest_of(const std::vector<RankCandidate>& candidates) {
    double largest = 0;
    for (const auto& candidate : candidates)
        if (!candidate.singular_values.empty())
            largest = std::max(largest, candidate.singular_values.front());
    return largest;
}

double energy_of(const std::vector<double>& values, std::int64_t rank, double unit) {
    double energy = 0;
    const auto count = std::min(values.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, rank)));
    for (std::size_t i = 0; i < count; ++i) energy += values[i] / unit * (values[i] / unit);
    return energy;
}

struct Direction {
    std::size_t target;
    double energy_per_parameter;
};

} // namespace

std::vector<std::int64_t> ranks_up_to(const std::vector<RankCandidate>& candidates, std::int64_t rank) {
    std::vector<std::int64_t> ranks;
    for (const auto& candidate : candidates) ranks.push_back(std::min(rank, most_of(candidate)));
    return ranks;
}

std::vector<std::int64_t> ranks_for_energy(const std::vector<RankCandidate>& candidates, double share) {
    std::vector<std::int64_t> ranks;
    for (const auto& candidate : candidates)
        ranks.push_back(rank_for_energy(candidate.singular_values, share).value_or(0));
    return ranks;
}

std::vector<std::int64_t> ranks_for_budget(
    const std::vector<RankCandidate>& candidates, std::int64_t parameters) {
    const double unit = largest_of(candidates);
    std::vector<Direction> directions;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        for (const double value : candidates[i].singular_values)
            if (value > 0)
                directions.push_back(
                    {i, value / unit * (value / unit) / static_cast<double>(candidates[i].cost)});
    // Stable: a target's own directions stay in the order of its spectrum.
    std::stable_sort(directions.begin(), directions.end(), [](const Direction& a, const Direction& b) {
        return a.energy_per_parameter > b.energy_per_parameter;
    });
    std::vector<std::int64_t> ranks(candidates.size(), 0);
    std::vector<bool> full(candidates.size(), false);
    for (const Direction& direction : directions) {
        const std::int64_t cost = candidates[direction.target].cost;
        // What does not fit closes its target: a later direction of it cannot come without this one.
        if (full[direction.target] || cost > parameters) {
            full[direction.target] = true;
            continue;
        }
        ++ranks[direction.target];
        parameters -= cost;
    }
    return ranks;
}

double kept_energy(const std::vector<double>& singular_values, std::int64_t rank) {
    if (singular_values.empty() || !(singular_values.front() > 0)) return 1;
    const double unit = singular_values.front();
    return energy_of(singular_values, rank, unit)
           / energy_of(singular_values, static_cast<std::int64_t>(singular_values.size()), unit);
}

double kept_energy(const std::vector<RankCandidate>& candidates, const std::vector<std::int64_t>& ranks) {
    const double unit = largest_of(candidates);
    if (!(unit > 0)) return 1;
    double kept = 0, all = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        kept += energy_of(candidates[i].singular_values, ranks[i], unit);
        all += energy_of(candidates[i].singular_values, most_of(candidates[i]), unit);
    }
    return kept / all;
}

std::int64_t parameters_of(
    const std::vector<RankCandidate>& candidates, const std::vector<std::int64_t>& ranks) {
    std::int64_t parameters = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) parameters += ranks[i] * candidates[i].cost;
    return parameters;
}

} // namespace lora
