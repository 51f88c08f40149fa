#include "engine/data/prompt.h"

#include "engine/chats/chat_format.h"
#include "engine/data/example.h"

namespace lora {

Prompt prompt_of(const std::string& prompt, bool chat, const Tokenizer& tokenizer) {
    if (!chat) return {with_begin(tokenizer.encode(prompt), tokenizer), tokenizer.ends()};
    const ChatFormat format(tokenizer);
    return {question_tokens(prompt, format, tokenizer), answer_ends(format, tokenizer)};
}

} // namespace lora
