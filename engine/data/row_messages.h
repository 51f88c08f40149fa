#pragma once
// Chat messages of a dataset's row, in the spellings that there are.

#include "engine/chats/chat.h"
#include "engine/files/json.h"

#include <string_view>
#include <vector>

namespace lora {

/// Messages as the file has them, whole.
struct Turns {
    Json messages = Json::array();
    std::vector<bool> learned; ///< for each: an assistant's, unless `weight` or `train` say otherwise
};

/// A list of {role, content}, in which tool_calls, reasoning_content and whatever else a template may write
/// can stand too. What no template here writes (pictures, function_call) is an Error.
Turns read_messages(const JsonFields& row, std::string_view column);

/// A list of {from, value} as ShareGPT has it, under the names of read_messages() and with its usual roles. A
/// list of {role, content} is read too.
Turns read_conversations(const JsonFields& row, std::string_view column);

/// The chat of these messages with what stands beside them in the row: tools, documents and
/// chat_template_kwargs, each as JSON or as a text of JSON.
Chat read_chat(const JsonFields& row, Json messages);

} // namespace lora
