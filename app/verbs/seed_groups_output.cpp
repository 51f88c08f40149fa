#include "app/verbs/seed_groups_output.h"

#include "app/output.h"
#include "app/verbs/table.h"
#include "engine/sweeps/seed_spread.h"

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace lora {

namespace {

std::string with_spread(const std::optional<Spread>& spread, int digits) {
    if (!spread) return "-";
    return fixed(spread->mean, digits) + (spread->deviation ? " ± " + fixed(spread->deviation, digits) : "");
}

std::string settings_words(const SweepTable& table, const SweepRow& row) {
    std::string words;
    for (std::size_t i = 0; i < table.settings.size(); ++i)
        if (table.settings[i] != "training.seed")
            words += (words.empty() ? "" : " ") + table.settings[i] + "=" + row.values[i];
    return words.empty() ? table.name : words;
}

/// The settings whose mean over seeds is the best, which one lucky seed does not decide.
void print_best_group(
    const SweepTable& table, const std::vector<SeedGroup>& groups, const SweepRanking& ranking) {
    const SeedGroup* best = nullptr;
    std::optional<Spread> highest;
    for (const SeedGroup& group : groups) {
        const auto spread = spread_of(table, group, ranking.by);
        if (!spread) continue;
        const bool is_better =
            !highest
            || (more_is_better(ranking.by) ? spread->mean > highest->mean : spread->mean < highest->mean);
        if (!is_better) continue;
        best = &group;
        highest = spread;
    }
    if (best == nullptr) return;
    std::cout << "best over seeds by " << in_words(ranking.by) << ": "
              << settings_words(table, table.rows[best->rows.front()]) << ", " << with_spread(highest, 4)
              << '\n';
}

} // namespace

void print_groups(const SweepTable& table, const SweepRanking& ranking) {
    const std::vector<SeedGroup> groups = seed_groups(table);
    if (groups.empty()) return;
    Table rows({"over seeds", "runs", "trained", "eval loss", "accuracy", "best accuracy", "exact match"});
    for (const SeedGroup& group : groups)
        rows.add({settings_words(table, table.rows[group.rows.front()]), std::to_string(group.rows.size()),
            group.trainable ? std::to_string(*group.trainable) : "-",
            with_spread(spread_of(table, group, SweepMeasure::EvalLoss), 4),
            with_spread(spread_of(table, group, SweepMeasure::Accuracy), 4),
            with_spread(spread_of(table, group, SweepMeasure::BestAccuracy), 4),
            with_spread(spread_of(table, group, SweepMeasure::ExactMatch), 4)});
    std::cout << '\n';
    rows.print();
    const bool has_seeds = std::any_of(
        groups.begin(), groups.end(), [](const SeedGroup& group) { return group.rows.size() > 1; });
    if (has_seeds) print_best_group(table, groups, ranking);
}

} // namespace lora
