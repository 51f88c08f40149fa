#pragma once
// A sample as a model gets it: token ids, and which of them are learned. Knows no torch.

#include "engine/text/tokenizer.h"

#include <cstdint>
#include <vector>

namespace lora {

struct Example {
    std::vector<TokenId> ids;
    std::vector<bool> learned; ///< whether ids[i] is predicted from those before it; the first never is
    std::int64_t label = -1;   ///< the text's class in the list of labels; -1: its tokens are learned instead
    std::int64_t line = 0;     ///< of the file, from 1; for a text stream the row's number
    bool operator==(const Example&) const = default;

    /// Ids that count in the loss: learned ones but for the first id.
    std::int64_t learned_tokens() const;
    /// What its loss is a sum over: its label, or its learned tokens.
    std::int64_t loss_terms() const { return label >= 0 ? 1 : learned_tokens(); }
};

} // namespace lora
