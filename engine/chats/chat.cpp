#include "engine/chats/chat.h"

#include <utility>

namespace lora {

Json chat_message(const char* role, Json content) {
    Json message = Json::object();
    message["role"] = role;
    message["content"] = std::move(content);
    return message;
}

} // namespace lora
