#pragma once
// A chat as text, and which of it is learned: what the assistant says, in the words that its template gives
// it, and the mark that ends it.

#include "engine/chats/chat_format.h"
#include "engine/text/pattern.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lora {

struct LearnedChat {
    std::string text;
    std::vector<TextRange> learned; ///< ranges of bytes, ascending, none overlapping
    bool marked = false;            ///< by the template's own {% generation %} marks
    /// Messages that should be learned and are not: the template writes them otherwise once others follow, so
    /// that where they begin and end in the text is not known.
    std::vector<std::size_t> unplaced;
    /// Where a learned message does not begin as the template opens an answer: what it opens it with beyond
    /// that, such as "<think>\n"; empty where there is none.
    std::string other_opening;
    /// What the template leaves out and a model can do without: "tools", "documents", "reasoning_content".
    std::vector<std::string> left_out;
};

/// `learned`: for each message whether it is learned; empty where only the text is wanted. Ranges are the
/// template's own marks, else from the end of what asks the assistant to answer to the end of what the chat
/// is up to that message. Throws Error for what the template refuses, and where it writes nothing of a
/// message or of its tool calls.
LearnedChat learned_chat(const ChatFormat& format, const Chat& chat, const std::vector<bool>& learned);

/// The text that asks the assistant to answer after the first `messages`.
std::string question_of(const ChatFormat& format, const Chat& chat, std::size_t messages);

} // namespace lora
