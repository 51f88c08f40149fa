#pragma once
// Which rows the loss at smaller ranks is measured on: by choice those that a run was evaluated on.

#include "engine/data/dataset.h"
#include "engine/measures/rank_advice.h"

#include <stop_token>

namespace lora {

struct RowsOfAdvice {
    Dataset data;
    AdviceRows rows = AdviceRows::None;
};

/// What a run with these settings is evaluated on, row for row: its second file, else what it holds out of
/// its training file; where it has neither, the rows that it trains on. Without a training file the second
/// one stands alone. `goal`: of the adapter's head. Throws Error as load_datasets(), and where there is no
/// file at all.
RowsOfAdvice rows_of_advice(const DataSettings& settings, const Tokenizer& tokenizer, const Goal& goal,
    const std::stop_token& stop = {});

} // namespace lora
