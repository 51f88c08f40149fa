#pragma once
// From the files of a dataset to its samples and what there is to say of them.

#include "engine/data/dataset.h"
#include "engine/data/dataset_files.h"
#include "engine/data/sample_cache.h"

#include <optional>
#include <stop_token>

namespace lora {

/// Who waits for it.
struct ReadingWatch {
    const std::stop_token& stop;
    const ReadProgress& progress; ///< may be empty
};

/// Reads and tokenizes all rows. Many samples are kept in `cache`; null: all stay in memory. None where
/// another process has kept them meanwhile. Throws as load_dataset(), and CacheUnusable.
std::optional<Dataset> read_dataset(const DatasetFiles& files, const Tokenizer& tokenizer,
    std::int64_t max_length, const Goal& goal, SampleCache* cache, const ReadingWatch& watch);

/// The first samples with the loss mask.
void make_preview(Dataset& dataset, const Tokenizer& tokenizer);

} // namespace lora
