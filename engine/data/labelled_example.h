#pragma once
// A text, or two that belong together, as a classifier gets it.

#include "engine/data/example.h"
#include "engine/data/labels.h"
#include "engine/data/row.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// Tokens within a limit, and what the limit takes off.
struct FramedText {
    std::vector<TokenId> ids;
    std::int64_t second = 0; ///< as Example::second
    std::vector<TokenId> cut_off;
};

/// The text between the tokenizer's frame ([CLS] … [SEP]), or the text and its pair ([CLS] … [SEP] … [SEP]),
/// of max_length tokens at most. What is too long is cut from its end, of two texts the longer one first
/// (transformers' longest_first). Throws Error for a pair where the tokenizer says nothing of pairs, and for
/// a limit below the frame.
FramedText framed_text(const std::string& text, const std::optional<std::string>& pair,
    const Tokenizer& tokenizer, std::int64_t max_length);

struct LabelledExample {
    Example example;
    std::vector<TokenId> cut_off;
};

/// The row's text, framed, with its label or values among the classes. Throws Error for a row without them.
LabelledExample make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const Classes& classes, std::int64_t max_length);

} // namespace lora
