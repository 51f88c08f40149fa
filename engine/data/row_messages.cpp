#include "engine/data/row_messages.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace lora {

namespace {

bool is_filled(const JsonFields& fields, std::string_view key) {
    const Json* value = fields.has(key) ? fields.find(key) : nullptr;
    return value != nullptr
           && !(value->is_string() || value->is_array() || value->is_object() ? value->empty() : false);
}

void refuse_tools(const JsonFields& fields) {
    for (const char* key : {"tools", "functions", "tool_calls", "function_call"})
        if (is_filled(fields, key))
            fail(fields.where() + ": " + key, "tools", "messages of text alone",
                "calls of tools are not rendered here and would be lost");
}

/// A text, or a list of parts that are texts.
std::string content_of(const JsonFields& message) {
    const Json* content = message.find("content");
    if (content == nullptr || !content->is_array()) return message.string("content");
    std::string text;
    for (const Json& part : *content) {
        const JsonFields fields(part, message.where() + ": content");
        const std::string kind = fields.string("type");
        if (kind != "text") fail(fields.where(), "a part of type '" + shown(kind, 40) + "'", "text");
        text += fields.string("text");
    }
    return text;
}

/// Whether a turn is learned: `weight` 0 or `train` false keep it out of the loss.
bool learned(const JsonFields& message) {
    if (!message.has("weight")) return message.boolean_or("train", true);
    const double weight = message.number("weight");
    if (weight != 0 && weight != 1)
        fail(message.where() + ": weight", message.find("weight")->dump(), "0 or 1");
    return weight == 1;
}

template <class Read>
std::vector<ChatMessage> read_list(
    const JsonFields& row, std::string_view column, std::string_view expected, Read read) {
    const Json& list = *row.find(column);
    const std::string where = row.where() + ": " + std::string(column);
    refuse_tools(row);
    if (!list.is_array()) fail(where, "something that is no list", expected);
    if (list.empty()) fail(where, "an empty list", expected);
    std::vector<ChatMessage> messages;
    for (const Json& item : list) {
        const JsonFields message(item, where + "[" + std::to_string(messages.size()) + "]");
        refuse_tools(message);
        messages.push_back(read(message));
        messages.back().learned = learned(message);
    }
    return messages;
}

std::string role_of(const JsonFields& message) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> roles{
        {{"human", "user"}, {"user", "user"}, {"gpt", "assistant"}, {"assistant", "assistant"},
            {"chatgpt", "assistant"}, {"bing", "assistant"}, {"bard", "assistant"}, {"model", "assistant"},
            {"system", "system"}, {"tool", "tool"}, {"observation", "tool"}, {"function_response", "tool"}}};
    const std::string from = message.string("from");
    const auto* const found =
        std::find_if(roles.begin(), roles.end(), [&](const auto& role) { return role.first == from; });
    if (found == roles.end())
        fail(message.where() + ": from", "'" + shown(from, 40) + "'",
            "human, gpt, system or tool, or another name of these");
    return std::string(found->second);
}

} // namespace

std::vector<ChatMessage> read_messages(const JsonFields& row, std::string_view column) {
    return read_list(
        row, column, "a list of objects with role and content", [](const JsonFields& message) -> ChatMessage {
            return {message.string("role"), content_of(message)};
        });
}

std::vector<ChatMessage> read_conversations(const JsonFields& row, std::string_view column) {
    return read_list(
        row, column, "a list of objects with from and value", [](const JsonFields& message) -> ChatMessage {
            return {role_of(message), message.string("value")};
        });
}

} // namespace lora
