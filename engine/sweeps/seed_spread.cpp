#include "engine/sweeps/seed_spread.h"

#include <cmath>
#include <map>
#include <numeric>

namespace lora {

Spread spread_of(const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    Spread spread{std::accumulate(values.begin(), values.end(), 0.0) / count, {}, values.size()};
    if (values.size() < 2) return spread;
    double squares = 0;
    for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
    spread.deviation = std::sqrt(squares / (count - 1));
    return spread;
}

std::vector<SeedGroup> seed_groups(const SweepTable& table) {
    std::map<std::vector<std::string>, std::size_t> places;
    std::vector<SeedGroup> groups;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        if (table.rows[row].state != SweepRunState::Finished) continue;
        std::vector<std::string> values = table.rows[row].values;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (table.settings[i] == "training.seed") values[i].clear();
        const auto [place, is_new] = places.try_emplace(std::move(values), groups.size());
        if (is_new) groups.push_back({{}, table.rows[row].trainable});
        groups[place->second].rows.push_back(row);
    }
    return groups;
}

std::optional<Spread> spread_of(const SweepTable& table, const SeedGroup& group, SweepMeasure which) {
    std::vector<double> values;
    for (const std::size_t row : group.rows)
        if (const auto value = measure(table.rows[row], which)) values.push_back(*value);
    if (values.empty()) return std::nullopt;
    return spread_of(values);
}

} // namespace lora
