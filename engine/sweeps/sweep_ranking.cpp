#include "engine/sweeps/sweep_ranking.h"

#include "engine/sweeps/sweep_plot.h"

#include <algorithm>

namespace lora {

std::vector<SweepMeasure> ranking_measures() {
    return {SweepMeasure::Accuracy, SweepMeasure::BestAccuracy, SweepMeasure::ExactMatch,
        SweepMeasure::EvalLoss, SweepMeasure::BestLoss, SweepMeasure::TrainingLoss};
}

std::string ranking_names() {
    std::string names;
    for (const SweepMeasure which : ranking_measures()) names += (names.empty() ? "" : ", ") + name(which);
    return names;
}

std::optional<SweepMeasure> ranking_measure(const std::string& name) {
    for (const SweepMeasure which : ranking_measures())
        if (lora::name(which) == name) return which;
    return std::nullopt;
}

std::vector<std::optional<std::size_t>> SweepRanking::places(const SweepTable& table) const {
    std::vector<std::optional<std::size_t>> all(table.rows.size());
    std::size_t place = 1;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool is_as_good =
            i > 0 && measure(table.rows[order[i]], by) == measure(table.rows[order[i - 1]], by);
        if (!is_as_good) place = i + 1;
        all[order[i]] = place;
    }
    return all;
}

SweepRanking ranked(const SweepTable& table, SweepMeasure by) {
    SweepRanking ranking{by, {}};
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        if (table.rows[row].state == SweepRunState::Finished && measure(table.rows[row], by))
            ranking.order.push_back(row);
    std::stable_sort(ranking.order.begin(), ranking.order.end(), [&](std::size_t a, std::size_t b) {
        const auto first = measure(table.rows[a], by), second = measure(table.rows[b], by);
        return more_is_better(by) ? first > second : first < second;
    });
    return ranking;
}

SweepRanking usual_ranking(const SweepTable& table, std::optional<SweepMeasure> by) {
    if (by) {
        SweepRanking asked = ranked(table, *by);
        if (!asked.order.empty()) return asked;
    }
    return ranked(table, usual_question(table).measure);
}

} // namespace lora
