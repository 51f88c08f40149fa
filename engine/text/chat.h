#pragma once
// Chat messages as one text with the spans that are learned. Templates are never executed: ChatML is known by
// its marks.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct ChatMessage {
    std::string role;
    std::string content;
    bool learned = true; ///< of an assistant's; others are never learned
    bool operator==(const ChatMessage&) const = default;
};

/// Whether the model's template is ChatML (`<|im_start|>role\ncontent<|im_end|>\n`), the one format rendered
/// here.
bool is_chatml(std::string_view chat_template);

/// A piece of a rendered chat; `learned` pieces are the assistants' words with their end mark.
struct ChatPiece {
    std::string text;
    bool learned = false;
    bool operator==(const ChatPiece&) const = default;
};

/// ChatML's rendering, equal to what the model's own template gives (with its default system message where
/// the template has one and the chat has none). Pieces are tokenized apart only where learned changes. Throws
/// Error for a role that is not system, user, assistant or tool.
std::vector<ChatPiece> render_chatml(
    const std::vector<ChatMessage>& messages, std::string_view chat_template);

/// The text that asks the model to answer: the rendered chat and the assistant's opening mark.
std::string chat_prompt(const std::vector<ChatMessage>& messages, std::string_view chat_template);

} // namespace lora
