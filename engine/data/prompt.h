#pragma once
// What a model is asked, as tokens: raw, or as a user's message in its chat template.

#include "engine/chats/chat.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <vector>

namespace lora {

struct Prompt {
    std::vector<TokenId> ids;
    std::vector<TokenId> ends; ///< each ends the answer
};

/// Raw, a begin token in front where the tokenizer adds one and the text has none; or as a user's message in
/// the model's chat template, as that writes it. Throws Error where there is no template.
Prompt prompt_of(const std::string& prompt, bool chat, const Tokenizer& tokenizer);

/// A chat whose last message waits for an answer. Throws Error where there is no template, and as that does.
Prompt prompt_of(const Chat& chat, const Tokenizer& tokenizer);

} // namespace lora
