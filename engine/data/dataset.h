#pragma once
// A dataset file as examples with their loss mask. Knows no torch.

#include "engine/data/data_settings.h"
#include "engine/data/example.h"
#include "engine/data/summary.h"
#include "engine/files/rows.h"
#include "engine/task.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct Dataset {
    std::vector<Example> examples;
    DatasetSummary summary;
};

/// What rows are read for.
struct Goal {
    Task task = Task::NextToken;
    std::vector<std::string> labels; ///< of a classification; empty: those that the file has
    std::int64_t rows = 0;           ///< so many, evenly spaced, where the file has more; 0: all
};

/// One row's tokens before any cut.
/// prompt and completion are tokenized apart and joined, then the end token; completion and end are learned.
/// A text is a document with its end token, all learned. Messages are rendered as ChatML, the assistants'
/// words learned. The begin token stands once at the front where the tokenizer adds one. Throws Error for
/// messages where the model's template is not ChatML.
Example make_example(const Row& row, const Tokenizer& tokenizer);

/// A text's tokens between the tokenizer's frame ([CLS] … [SEP]), before any cut, and its place in `labels`.
/// Throws Error for a row without one of them.
Example make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels);

/// Reads and tokenizes a file. What is longer than max_length is cut from the end; samples without anything
/// to learn (the end token alone does not count) are dropped; both are counted and warned of. A plain text is
/// one stream cut into rows of max_length, the rest left off. For a classification every row has a text and a
/// label; a cut keeps the closing token. Throws Error for faults of the file and when nothing is left to
/// learn.
Dataset load_dataset(const std::string& path, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop = {}, const Goal& goal = {});

struct TrainAndEval {
    Dataset train;
    std::optional<Dataset> eval;
};

/// The training set and the evaluation set that the settings ask for. A split takes samples by a permutation
/// of `seed`. The evaluation set has the training set's labels.
TrainAndEval load_datasets(const DataSettings& settings, const Tokenizer& tokenizer, std::uint64_t seed,
    const std::stop_token& stop = {}, const Goal& goal = {});

} // namespace lora
