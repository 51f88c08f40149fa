#pragma once
// What a chat has and its template writes nothing of, found by writing the chat without it.

#include "engine/chats/chat_format.h"

#include <string>
#include <vector>

namespace lora {

/// `text`: the whole chat as written. Names what is left out among tools, documents and reasoning_content.
/// Throws Error where the words of a message or its tool calls are: they would be lost.
std::vector<std::string> left_out(const PreparedChat& chat, const std::string& text);

} // namespace lora
