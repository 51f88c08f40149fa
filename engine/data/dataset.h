#pragma once
// A dataset file as examples with their loss mask.

#include "engine/data/data_settings.h"
#include "engine/data/example.h"
#include "engine/data/formats.h"
#include "engine/data/goal.h"
#include "engine/data/samples.h"
#include "engine/data/summary.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct RowShape;

/// Is told how much of a dataset is read, from 0 to 1, a few times a second; 0 where that is not known.
using ReadProgress = std::function<void(double done)>;

struct Dataset {
    Samples examples;
    DatasetSummary summary;
};

/// Reads and tokenizes a file; many tokens are kept on the disk and not made a second time (sample_cache.h).
/// What is longer than max_length is cut from the end; samples without anything
/// to learn (the end token alone does not count) are dropped; both are counted and warned of. A plain text is
/// one stream cut into rows of max_length, the rest left off. For a classification every row has a text and a
/// label; a cut keeps the closing token. Throws Error for faults of the file and when nothing is left to
/// learn.
Dataset load_dataset(const std::string& path, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop = {}, const Goal& goal = {}, const ReadProgress& progress = {});

/// Into the summary: "CSV, rows of 'question' and 'answer', put to the model as a chat", and a warning for
/// what is not used. `shapes`: how many rows have each; `exchanges`: whether some are asked and answered.
void tell_shapes(DatasetSummary& summary, const std::string& format,
    const std::map<const RowShape*, std::int64_t>& shapes, const ExampleMaker& maker, bool exchanges);

struct TrainAndEval {
    Dataset train;
    std::optional<Dataset> eval;
};

/// The training set and the evaluation set that the settings ask for; a mix to train on is one epoch of it,
/// as mixed_datasets.h has it. A split takes samples by a permutation of its own seed. The evaluation set has
/// the training set's labels.
TrainAndEval load_datasets(const DataSettings& settings, const Tokenizer& tokenizer,
    const std::stop_token& stop = {}, const Goal& goal = {}, const ReadProgress& progress = {});

} // namespace lora
