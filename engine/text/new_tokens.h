#pragma once
// Tokens that a vocabulary lacks and that a model is to learn.

#include "engine/text/added_tokens.h"

#include <string>
#include <vector>

namespace lora {

/// The texts as tokens that follow the tokenizer's own, in this order, with the flags that transformers'
/// add_tokens gives them. Throws Error naming `where` for one that the tokenizer has already.
std::vector<AddedToken> new_tokens(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
    bool special, const std::string& where);

/// The tokenizer with these behind its own; itself where there are none.
Tokenizer with_new_tokens(const Tokenizer& tokenizer, const std::vector<std::string>& texts, bool special,
    const std::string& where);

} // namespace lora
