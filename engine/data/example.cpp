#include "engine/data/example.h"

#include "engine/data/labels.h"
#include "engine/data/row.h"
#include "engine/error.h"
#include "engine/text/chat.h"

#include <algorithm>

namespace lora {

namespace {

void append(Example& example, const std::vector<TokenId>& ids, bool learned) {
    example.ids.insert(example.ids.end(), ids.begin(), ids.end());
    example.learned.insert(example.learned.end(), ids.size(), learned);
}

void append_end(Example& example, const Tokenizer& tokenizer) {
    if (tokenizer.eos()) append(example, {*tokenizer.eos()}, true);
}

void append_chat(Example& example, const std::vector<ChatMessage>& messages, const Tokenizer& tokenizer) {
    if (!is_chatml(tokenizer.chat_template()))
        fail("messages", "a chat", "prompt and completion, or text",
            "the model's chat template is not ChatML, the one format that messages are rendered in");
    for (const ChatPiece& piece : render_chatml(messages, tokenizer.chat_template()))
        append(example, tokenizer.encode(piece.text), piece.learned);
}

// What is asked and what is answered: a chat where the model has a template for it, else two lines.
void append_exchange(Example& example, const Row& row, const Tokenizer& tokenizer) {
    if (is_chatml(tokenizer.chat_template()))
        return append_chat(example, {{"user", row.prompt}, {"assistant", row.completion}}, tokenizer);
    append(example, tokenizer.encode(row.prompt + "\n"), false);
    append(example, tokenizer.encode(row.completion), true);
    append_end(example, tokenizer);
}

} // namespace

std::int64_t Example::learned_tokens() const {
    return learned.empty() ? 0 : std::count(learned.begin() + 1, learned.end(), true);
}

Example make_example(const Row& row, const Tokenizer& tokenizer) {
    Example example;
    example.line = row.number;
    if (tokenizer.adds_bos() && tokenizer.bos()) append(example, {*tokenizer.bos()}, false);
    switch (row.kind) {
    case Row::Kind::Text:
        append(example, tokenizer.encode(row.text), true);
        append_end(example, tokenizer);
        break;
    case Row::Kind::PromptCompletion:
        append(example, tokenizer.encode(row.prompt), false);
        append(example, tokenizer.encode(row.completion), true);
        append_end(example, tokenizer);
        break;
    case Row::Kind::Messages: append_chat(example, row.messages, tokenizer); break;
    case Row::Kind::Exchange: append_exchange(example, row, tokenizer); break;
    }
    return example;
}

Example make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels) {
    Example example;
    example.line = row.number;
    example.label = class_of(row, labels);
    example.ids = tokenizer.encode(row.text);
    if (tokenizer.adds_bos() && tokenizer.bos()) example.ids.insert(example.ids.begin(), *tokenizer.bos());
    if (tokenizer.closing()) example.ids.push_back(*tokenizer.closing());
    return example;
}

} // namespace lora
