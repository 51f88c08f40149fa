#pragma once
// Which run of a sweep is the best one, and by which measure.

#include "engine/sweeps/sweep_table.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// By what runs can be ranked: all measures but the time.
std::vector<SweepMeasure> ranking_measures();
/// "eval_loss, best_loss, …".
std::string ranking_names();
/// By its name; none for another one.
std::optional<SweepMeasure> ranking_measure(const std::string& name);

struct SweepRanking {
    SweepMeasure by = SweepMeasure::EvalLoss;
    std::vector<std::size_t> order; ///< finished runs that have the measure, the best one first

    /// Of each row, 1 for the best one and the same for what is as good; none for what is not ranked.
    std::vector<std::optional<std::size_t>> places(const SweepTable& table) const;
};

SweepRanking ranked(const SweepTable& table, SweepMeasure by);
/// By `by` where runs have it, else by what tells most: a classifier's accuracy, the evaluation loss, the
/// training loss.
SweepRanking usual_ranking(const SweepTable& table, std::optional<SweepMeasure> by = {});

} // namespace lora
