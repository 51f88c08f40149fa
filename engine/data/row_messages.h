#pragma once
// Chat messages of a dataset's row, in the spellings that there are.

#include "engine/files/json.h"
#include "engine/text/chat.h"

#include <string_view>
#include <vector>

namespace lora {

/// A list of {role, content}. What a message has and rendering would lose (tool calls, pictures) is an Error.
std::vector<ChatMessage> read_messages(const JsonFields& row, std::string_view column);

/// A list of {from, value} as ShareGPT has it, its roles under their usual names.
std::vector<ChatMessage> read_conversations(const JsonFields& row, std::string_view column);

} // namespace lora
