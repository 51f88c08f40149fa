#pragma once
// A row as it is fed, made readable: its tokens one by one with their texts and what becomes of each.

#include "engine/data/fed_rows.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct ReadableToken {
    TokenId id = 0;
    /// What it adds to the text, in whole characters. Empty for all but the last of the tokens that a
    /// character consists of.
    std::string text;
    bool learned = false; ///< it counts in the loss
    bool special = false; ///< the template's or the tokenizer's mark, no text
    bool cut_off = false; ///< beyond the limit: the model does not see it
    bool operator==(const ReadableToken&) const = default;
};

/// A row in one line: where it is from, and how it fares.
struct RowHead {
    std::int64_t index = 0;   ///< among the rows that are taken, from 0
    std::int64_t line = 0;    ///< as Example::line
    std::string place;        ///< "line 3"
    std::string beginning;    ///< of what is learned, else of its text; some 200 bytes
    std::int64_t length = 0;  ///< tokens before the cut
    std::int64_t learned = 0; ///< tokens that count in the loss
    std::string label;        ///< its class's name; empty where tokens are learned
    bool cut = false;
    bool left_out = false;
    bool duplicate = false; ///< a sample before it is the same
    bool operator==(const RowHead&) const = default;
};

struct ReadableRow {
    RowHead head;
    std::vector<ReadableToken> tokens; ///< the first ones, cut-off ones at the end
    std::int64_t more = 0;             ///< further tokens that are not in the list
};

/// `labels`: by class. `duplicate` is not told by the row itself and stays false.
RowHead head_of(const FedRow& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels);

/// With at most so many tokens.
ReadableRow readable(const FedRow& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels,
    std::size_t most_tokens = 16384);

/// All of its text as it is fed, marks written out, with what is cut off.
std::string whole_text(const FedRow& row, const Tokenizer& tokenizer);

} // namespace lora
