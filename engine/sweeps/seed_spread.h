#pragma once
// Runs of a sweep that differ in the seed alone, taken together.

#include "engine/sweeps/sweep_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct Spread {
    double mean = 0;
    std::optional<double> deviation =
        {}; ///< standard deviation of the sample, over n − 1; none for one value
    std::size_t count = 0;
    bool operator==(const Spread&) const = default;
};

/// Of one value at least.
Spread spread_of(const std::vector<double>& values);

struct SeedGroup {
    std::vector<std::size_t> rows;         ///< of the table: finished runs
    std::optional<std::int64_t> trainable; ///< without the head
};

/// Groups of finished runs, in the order of their first ones.
std::vector<SeedGroup> seed_groups(const SweepTable& table);

/// None where no run of the group has this measure.
std::optional<Spread> spread_of(const SweepTable& table, const SeedGroup& group, SweepMeasure which);

} // namespace lora
