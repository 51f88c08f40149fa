#pragma once
// What a dataset is once tokenized: counts, lengths and a preview with the loss mask.

#include "engine/data/packing.h"
#include "engine/task.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lora {

/// A stretch of a sample's text that is learned or only read.
struct PreviewSpan {
    std::string text;
    bool learned = false;
    bool operator==(const PreviewSpan&) const = default;
};

struct DatasetSummary {
    std::string path;
    std::string read_as;             ///< "CSV, rows of 'question' and 'answer', put to the model as a chat"
    bool plain_text = false;         ///< one stream, cut into rows
    bool has_lines = true;           ///< rows are counted by the lines that they begin in
    std::int64_t rows = 0;           ///< of the file, or rows cut from a text stream
    std::int64_t samples = 0;        ///< what is left to train on
    std::int64_t held_out = 0;       ///< samples set apart for evaluation, not counted in `samples`
    std::int64_t also_trained = 0;   ///< of evaluation samples: token for token among those trained on
    std::int64_t cut = 0;            ///< samples cut at max_length
    std::int64_t dropped = 0;        ///< samples without anything to learn
    std::int64_t repeated = 0;       ///< samples left out as they equal an earlier one
    std::int64_t tokens = 0;         ///< of one epoch
    std::int64_t learned_tokens = 0; ///< of one epoch
    std::vector<std::string> labels; ///< by class; empty where tokens are learned
    Problem problem = Problem::SingleLabel;       ///< what the labels are learned as
    bool label_flags = false;                     ///< see Classes::flags
    Packing packing = {};                         ///< of the samples, where they are trained on so; else none
    std::map<std::int64_t, std::int64_t> lengths; ///< tokens of a row before the cut → rows
    std::vector<std::vector<PreviewSpan>>
        preview; ///< the first samples as the model gets them, special tokens written out
    std::vector<std::string> warnings; ///< sentences: what was cut and dropped
    std::string kept_in;               ///< the file that the tokens are kept in; empty: in memory

    /// What a batch of the training data is counted in, of one epoch.
    std::int64_t places() const { return packing.packs > 0 ? packing.packs : samples; }
};

} // namespace lora
