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

/// The names that calls of tools had once.
void refuse_functions(const JsonFields& fields) {
    for (const auto& [key, instead] : {std::pair{"functions", "tools"}, {"function_call", "tool_calls"}})
        if (is_filled(fields, key))
            fail(fields.where() + ": " + key, "a name of old", instead,
                "chat templates know only the new one");
}

/// A text or a list of parts that are texts; nothing only beside calls of tools or reasoning.
void check_content(const JsonFields& message) {
    const Json* content = message.find("content");
    if (!message.has("content")) {
        const bool says_otherwise = is_filled(message, "tool_calls")
                                    || is_filled(message, "reasoning_content")
                                    || is_filled(message, "reasoning") || is_filled(message, "thinking");
        if (!says_otherwise) message.string("content");
        return;
    }
    if (!content->is_array()) return;
    for (const Json& part : *content) {
        const JsonFields fields(part, message.where() + ": content");
        const std::string kind = fields.string("type");
        if (kind != "text") fail(fields.where(), "a part of type '" + shown(kind, 40) + "'", "text");
        fields.string("text");
    }
}

/// Whether a turn is learned: an assistant's is, unless `weight` 0 or `train` false keep it out of the loss.
bool is_learned(const JsonFields& message, std::string_view role) {
    const bool assistants = role == "assistant";
    if (message.has("train") && message.boolean_or("train", true) && !assistants)
        fail(message.where() + ": train", "true for a turn of '" + shown(role, 40) + "'",
            "true for the assistant's turns alone", "only what the assistant says is learned");
    if (!message.has("weight")) return assistants && message.boolean_or("train", true);
    const double weight = message.number("weight");
    if (weight != 0 && weight != 1)
        fail(message.where() + ": weight", message.find("weight")->dump(), "0 or 1");
    return assistants && weight == 1;
}

template <class Read>
Turns read_list(const JsonFields& row, std::string_view column, std::string_view expected, Read read) {
    const Json& list = *row.find(column);
    const std::string where = row.where() + ": " + std::string(column);
    refuse_functions(row);
    if (!list.is_array()) fail(where, "something that is no list", expected);
    if (list.empty()) fail(where, "an empty list", expected);
    Turns turns;
    for (const Json& item : list) {
        const JsonFields message(item, where + "[" + std::to_string(turns.messages.size()) + "]");
        refuse_functions(message);
        turns.messages.push_back(read(message, item));
        const std::string& role = turns.messages.back()["role"].template get_ref<const std::string&>();
        turns.learned.push_back(is_learned(message, role));
    }
    return turns;
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

Json as_written(const JsonFields& message, const Json& item) {
    message.string("role");
    check_content(message);
    return item;
}

/// The same message under the names that templates know.
Json renamed(const JsonFields& message, const Json& item) {
    if (!message.has("from") && message.has("role")) return as_written(message, item);
    Json named = Json::object();
    for (const auto& [key, value] : item.items())
        if (key == "from")
            named["role"] = role_of(message);
        else
            named[key == "value" ? "content" : key] = value;
    if (!named.contains("role")) message.string("from");
    if (!is_filled(message, "tool_calls")) message.string("value");
    return named;
}

/// JSON under a column, or in its text.
Json json_under(const JsonFields& row, const char* column) {
    if (!row.has(column)) return nullptr;
    const Json& value = *row.find(column);
    if (!value.is_string()) return value;
    constexpr JsonLimits limits{16 << 20, 64};
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() ? Json() : parse_json(text, row.where() + ": " + column, limits);
}

Json list_under(const JsonFields& row, const char* column) {
    Json list = json_under(row, column);
    const bool objects =
        list.is_null() || (list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& item) {
            return item.is_object();
        }));
    if (!objects)
        fail(row.where() + ": " + column,
            shown(list.dump(-1, ' ', false, Json::error_handler_t::replace), 60),
            "a list of objects, as JSON or as a text of JSON");
    return list;
}

} // namespace

Turns read_messages(const JsonFields& row, std::string_view column) {
    return read_list(row, column, "a list of objects with role and content", as_written);
}

Turns read_conversations(const JsonFields& row, std::string_view column) {
    return read_list(row, column, "a list of objects with from and value", renamed);
}

Chat read_chat(const JsonFields& row, Json messages) {
    static constexpr std::array taken{"messages", "add_generation_prompt", "chat_template",
        "continue_final_message", "tokenize", "return_dict", "return_tensors"};
    constexpr const char* more = "chat_template_kwargs";
    Chat chat;
    chat.messages = std::move(messages);
    chat.tools = list_under(row, "tools");
    chat.documents = list_under(row, "documents");
    const Json given = json_under(row, more);
    if (given.is_null()) return chat;
    if (!given.is_object())
        fail(row.where() + ": " + more, "something that is no object", "names and values for the template");
    for (const auto& [name, value] : given.items()) {
        if (std::find(taken.begin(), taken.end(), name) != taken.end())
            fail(row.where() + ": " + more, "'" + shown(name) + "'", "what a template may be told");
        if (name == "tools" || name == "documents")
            (name == "tools" ? chat.tools : chat.documents) = value;
        else
            chat.variables[name] = value;
    }
    return chat;
}

} // namespace lora
