#include "engine/data/prompt.h"

#include "engine/chats/chat_format.h"
#include "engine/data/example.h"

namespace lora {

Prompt prompt_of(const std::string& prompt, bool chat, const Tokenizer& tokenizer) {
    if (!chat) return {with_begin(tokenizer.encode(prompt), tokenizer), tokenizer.ends()};
    Chat asked;
    asked.messages.push_back(chat_message("user", prompt));
    return prompt_of(asked, tokenizer);
}

Prompt prompt_of(const Chat& chat, const Tokenizer& tokenizer) {
    const ChatFormat format(tokenizer);
    return {question_tokens(chat, format, tokenizer), answer_ends(format, tokenizer)};
}

} // namespace lora
