#pragma once
// What the laboratory's views show, as plain values: rows of tables, words, maps.

#include "engine/worker/messages.h"
#include "ui/elements/result_table.h"
#include "ui/plots/plot_export.h"

#include <QString>

namespace lora {

/// A target each: its row in the paper's table 7, its size beside W₀'s, its intruders.
ResultRows weightRows(const WeightComparisons& comparisons);
/// A target each: cosine, first similarities and what chance gives, shared directions.
ResultRows comparisonRows(const AdapterComparison& comparison);

/// What the amplification of all targets says, in a sentence or two.
QString amplificationInWords(const WeightComparisons& comparisons);
/// One target's intruders in a sentence; empty where they were not asked for.
QString intrudersInWords(const WeightComparison& target);
/// "12°, 34°, …": the first few of the ascending angles.
QString anglesText(const std::vector<double>& degrees);

/// What independent random subspaces of a space of `size` dimensions give on average.
SimilarityMap randomMap(std::int64_t rows, std::int64_t columns, std::int64_t size);

/// The map as a table for export: i, j, phi.
Table similarityTable(const SimilarityMap& map);

} // namespace lora
