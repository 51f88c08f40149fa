// A sweep's table as JSON and CSV.

#include "engine/files/csv.h"
#include "engine/sweeps/seed_spread.h"
#include "engine/sweeps/sweep_table.h"

#include <array>

namespace lora {

namespace {

constexpr std::array measures{SweepMeasure::EvalLoss, SweepMeasure::BestLoss, SweepMeasure::Accuracy,
    SweepMeasure::BestAccuracy, SweepMeasure::ExactMatch, SweepMeasure::TrainingLoss, SweepMeasure::Seconds};

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json settings_of(const SweepRow& row, const std::vector<std::string>& settings, bool with_seed) {
    Json values = Json::object();
    for (std::size_t i = 0; i < settings.size(); ++i)
        if (with_seed || settings[i] != "training.seed") values[settings[i]] = row.values[i];
    return values;
}

Json spread_json(const SweepTable& table, const SeedGroup& group) {
    const SweepRow& first = table.rows[group.rows.front()];
    Json json{{"settings", settings_of(first, table.settings, false)}, {"runs", group.rows.size()},
        {"trainable", or_null(group.trainable)}, {"head", first.head}};
    for (const SweepMeasure which : measures)
        if (const auto spread = spread_of(table, group, which))
            json[name(which)] = {{"mean", spread->mean}, {"sd", or_null(spread->deviation)}};
    return json;
}

/// A cell of CSV: text as it is, numbers as JSON writes them, nothing for null.
std::string cell(const Json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

Json to_json(const SweepRow& row, const std::vector<std::string>& settings) {
    Json json{{"run", row.run}, {"state", name(row.state)}, {"settings", settings_of(row, settings, true)},
        {"trainable", or_null(row.trainable)}, {"head", row.head}, {"steps", row.steps_done},
        {"total_steps", row.total_steps}};
    for (const SweepMeasure which : measures) json[name(which)] = or_null(measure(row, which));
    if (!row.why.empty()) json["why"] = row.why;
    return json;
}

Json to_json(const SweepTable& table) {
    Json json{{"name", table.name}, {"runs", Json::array()}, {"spread", Json::array()}};
    for (const SweepRow& row : table.rows) json["runs"].push_back(to_json(row, table.settings));
    for (const SeedGroup& group : seed_groups(table)) json["spread"].push_back(spread_json(table, group));
    return json;
}

std::string to_csv(const SweepTable& table) {
    std::vector<std::string> cells{"run", "state"};
    cells.insert(cells.end(), table.settings.begin(), table.settings.end());
    cells.insert(cells.end(), {"trainable", "head", "steps", "total_steps"});
    for (const SweepMeasure which : measures) cells.emplace_back(name(which));
    cells.emplace_back("why");
    std::string csv = csv_line(cells);
    for (const SweepRow& row : table.rows) {
        cells = {row.run, name(row.state)};
        cells.insert(cells.end(), row.values.begin(), row.values.end());
        cells.insert(cells.end(), {cell(or_null(row.trainable)), std::to_string(row.head),
                                      std::to_string(row.steps_done), std::to_string(row.total_steps)});
        for (const SweepMeasure which : measures) cells.push_back(cell(or_null(measure(row, which))));
        cells.push_back(row.why);
        csv += csv_line(cells);
    }
    return csv;
}

} // namespace lora
