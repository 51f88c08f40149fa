#pragma once
// What a dataset comes to as it is fed: the numbers of a survey, whole or so far, and their sentences.

#include "engine/data/example.h"
#include "engine/data/packing.h"
#include "engine/task.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lora {

/// What the numbers of a regression come to.
struct ValueRange {
    double lowest = 0, highest = 0, sum = 0;
    bool operator==(const ValueRange&) const = default;
};

struct SurveyCounts {
    std::string path;
    std::string read_as;               ///< as in DatasetSummary; empty while nothing is known
    std::vector<std::string> notes;    ///< sentences about shapes and labels
    bool plain_text = false;           ///< one stream, cut into rows
    std::int64_t max_length = 0;       ///< the limit, in tokens
    std::int64_t rows = 0;             ///< that were read
    std::int64_t samples = 0;          ///< of them, those that are trained on or held out
    std::int64_t held_out = 0;         ///< samples that a split sets apart for evaluation
    std::int64_t cut = 0;              ///< samples that are cut at the limit
    std::int64_t left_out = 0;         ///< rows without anything to learn within the limit
    std::int64_t duplicates = 0;       ///< samples that are an earlier one's equal, token for token
    bool repeated_left_out = false;    ///< those are left out, and not counted in `samples`
    std::string kept_in;               ///< the file that the tokens are kept in; empty: none
    std::int64_t duplicates_among = 0; ///< above 0: sought among so many first samples alone
    std::int64_t tokens = 0;           ///< of the samples
    std::int64_t learned_tokens = 0;
    std::int64_t cut_off = 0;                     ///< tokens that the limit takes from the samples
    std::int64_t left_over = 0;                   ///< tokens behind the last whole row of a plain text
    std::int64_t longest = 0;                     ///< tokens before the cut
    std::vector<std::string> labels;              ///< by class; empty where tokens are learned
    Problem problem = Problem::SingleLabel;       ///< what the labels are learned as
    std::vector<std::int64_t> per_label;          ///< samples of each; of a regression none
    std::vector<ValueRange> values;               ///< of a regression, by label
    std::map<std::int64_t, std::int64_t> lengths; ///< tokens of a row before the cut → rows
    Packing packing;                              ///< told at the end
    bool is_packed = false;                       ///< whether they are trained on so
};

/// Takes a labelled sample into the counts of its labels; others change nothing.
void count_label(SurveyCounts& counts, const Example& example);

/// The counts in sentences for people, each with a full stop; what did not occur is not mentioned.
std::vector<std::string> sentences_of(const SurveyCounts& counts);

} // namespace lora
