#pragma once
// A chat as data and windows have it, before a model's template writes it.

#include "engine/files/json.h"

namespace lora {

struct Chat {
    Json messages = Json::array();   ///< objects with a role; whatever else they have is for the template
    Json tools;                      ///< a list of what the model may call; null: none
    Json documents;                  ///< a list of what it may look into; null: none
    Json variables = Json::object(); ///< what else the template is told, such as enable_thinking
};

/// {role, content}; the content is a text, or a list of parts.
Json chat_message(const char* role, Json content);

} // namespace lora
