#pragma once
// What smaller ranks keep and cost, as the advisor's view shows it: rows of a table, and words.

#include "engine/measures/rank_advice.h"
#include "ui/elements/result_table.h"

#include <QString>

namespace lora {

/// A point each: rank, parameters, energy kept, loss.
ResultRows adviceRows(const RankAdvice& advice);
/// What the adapter cut to a row of these costs beside the whole one, in a sentence or two.
QString costInWords(const RankAdvice& advice, std::size_t row);

} // namespace lora
