#pragma once
// What a run learns from and is measured on.

#include "engine/task.h"

#include <cstdint>
#include <string>

namespace lora {

struct DataSettings {
    std::string train;           ///< a file of one of dataset_formats()
    std::string eval;            ///< a second file; empty: none
    double eval_split = 0;       ///< share of `train` held out for evaluation where `eval` is empty, [0, 0.5]
    std::int64_t train_rows = 0; ///< so many rows of `train`, evenly spaced; 0: all
    std::int64_t eval_rows = 0;  ///< the same of `eval`
    std::string columns;         ///< what they are, as ColumnMapping takes it: "question=prompt"
    std::string row_template;    ///< a text with {columns}, the same
    std::int64_t max_length = 256;          ///< tokens a sample
    bool last_turn = false;                 ///< of a chat, only the assistant's last turn is learned
    Problem problem_type = Problem::Unsaid; ///< what a classifier's labels are learned as
    bool packing = false; ///< several samples a place of the batch, up to max_length tokens together
    bool shuffle = true;
    bool deduplicate = false;     ///< of equal samples the first alone is taken
    std::uint64_t split_seed = 0; ///< which samples eval_split takes, whatever the run's seed is
    bool operator==(const DataSettings&) const = default;
};

} // namespace lora
