#pragma once
// Tokens to text as they come, in whole characters.

#include "engine/text/tokenizer.h"

#include <string>
#include <vector>

namespace lora {

/// Bytes of a character that is not complete yet are held back until it is.
class TextStream {
public:
    explicit TextStream(Tokenizer tokenizer);

    /// The text that this token adds; empty while a character is incomplete.
    std::string add(TokenId token);
    /// What was held back at the end.
    std::string rest();

private:
    Tokenizer tokenizer_;
    std::vector<TokenId> tokens_;
    std::size_t given_bytes_ = 0;
};

} // namespace lora
