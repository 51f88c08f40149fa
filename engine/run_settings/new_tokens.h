#pragma once
// The tokens that a run's settings give the vocabulary.

#include "engine/run_settings/token_settings.h"
#include "engine/text/added_tokens.h"

#include <string>
#include <vector>

namespace lora {

/// They follow the tokenizer's own, in the list's order, with the flags that transformers' add_tokens gives
/// them. Throws Error naming `where` for a list with a fault and for a text that the tokenizer has already.
std::vector<AddedToken> new_tokens(
    const Tokenizer& tokenizer, const TokenSettings& settings, const std::string& where);

/// The tokenizer with these behind its own; itself where there are none.
Tokenizer with_new_tokens(
    const Tokenizer& tokenizer, const TokenSettings& settings, const std::string& where);

} // namespace lora
