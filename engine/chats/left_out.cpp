#include "engine/chats/left_out.h"

#include "engine/error.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace lora {

namespace {

using Change = std::function<void(ChatTemplateInput&)>;

/// Whether the chat is written the same once it is changed. Where it cannot be, what went did matter.
bool is_same_without(const PreparedChat& chat, const std::string& text, const Change& change) {
    ChatTemplateInput changed = chat.input();
    change(changed);
    try {
        return chat.writer().render(changed).text == text;
    } catch (const Error&) {
        return false;
    }
}

bool is_filled(const Json& value) { return !value.is_null() && !value.empty(); }

bool any_has(const Json& messages, const char* key) {
    return std::any_of(messages.begin(), messages.end(),
        [&](const Json& message) { return message.contains(key) && is_filled(message[key]); });
}

Change without(std::vector<const char*> keys) {
    return [keys = std::move(keys)](ChatTemplateInput& input) {
        for (Json& message : input.messages)
            for (const char* key : keys) message.erase(key);
    };
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// Whether the message's words stand in the text from `from` on, and so are not left out.
bool stands_in(const Json& message, std::string_view text) {
    const auto content = message.find("content");
    if (content == message.end()) return true;
    const auto stands = [&](const Json& words) {
        return !words.is_string()
               || text.find(trimmed(words.get_ref<const std::string&>())) != std::string_view::npos;
    };
    if (!content->is_array()) return stands(*content);
    return std::all_of(content->begin(), content->end(),
        [&](const Json& part) { return !part.is_object() || stands(part.value("text", Json())); });
}

void check_messages(const PreparedChat& chat, const std::string& text) {
    const Json& messages = chat.input().messages;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (stands_in(messages[i], text)) continue;
        if (is_same_without(chat, text, [&](ChatTemplateInput& input) { input.messages.erase(i); }))
            fail("messages[" + std::to_string(i) + "]",
                "a message of the role '" + shown(messages[i].value("role", ""), 40)
                    + "' that the model's chat template writes nothing of",
                "messages that it writes", "the words would be lost");
    }
}

} // namespace

std::vector<std::string> left_out(const PreparedChat& chat, const std::string& text) {
    const ChatTemplateInput& input = chat.input();
    check_messages(chat, text);
    if (any_has(input.messages, "tool_calls") && is_same_without(chat, text, without({"tool_calls"})))
        fail("messages: tool_calls", "calls of tools that the model's chat template writes nothing of",
            "a template that writes them", "the calls would be lost");
    std::vector<std::string> names;
    const auto ask = [&](bool has, const char* name, const Change& change) {
        if (has && is_same_without(chat, text, change)) names.emplace_back(name);
    };
    ask(is_filled(input.tools), "tools", [](ChatTemplateInput& given) { given.tools = nullptr; });
    ask(is_filled(input.documents), "documents", [](ChatTemplateInput& given) { given.documents = nullptr; });
    ask(any_has(input.messages, "reasoning_content"), "reasoning_content",
        without({"thinking", "reasoning", "reasoning_content"}));
    return names;
}

} // namespace lora
