#pragma once
// A sample as a model gets it: token ids, and which of them are learned.

#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct Row;

struct Example {
    std::vector<TokenId> ids;
    std::vector<bool> learned; ///< whether ids[i] is predicted from those before it; the first never is
    std::int64_t label = -1;   ///< the text's class in the list of labels; -1: its tokens are learned instead
    std::int64_t line = 0;     ///< of the file, from 1; of a list or a text stream the row's number
    bool operator==(const Example&) const = default;

    /// Ids that count in the loss: learned ones but for the first id.
    std::int64_t learned_tokens() const;
    /// What its loss is a sum over: its label, or its learned tokens.
    std::int64_t loss_terms() const { return label >= 0 ? 1 : learned_tokens(); }
};

/// One row's tokens before any cut.
/// prompt and completion are tokenized apart and joined, then the end token; completion and end are learned.
/// What is asked and answered is a chat where the model's template is ChatML, else prompt and completion with
/// a line break between. A text is a document with its end token, all learned. Messages are rendered as
/// ChatML, the assistants' words learned. The begin token stands once at the front where the tokenizer adds
/// one. Throws Error for messages where the model's template is not ChatML.
Example make_example(const Row& row, const Tokenizer& tokenizer);

/// A text's tokens between the tokenizer's frame ([CLS] … [SEP]), before any cut, and its place in `labels`.
/// Throws Error for a row without one of them.
Example make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels);

} // namespace lora
