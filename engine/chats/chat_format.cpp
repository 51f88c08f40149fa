#include "engine/chats/chat_format.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace lora {

namespace {

// A word that no template writes by itself.
constexpr std::string_view probe = "qzxjv";

Json as_parts(const std::string& text) {
    Json part = Json::object();
    part["type"] = "text";
    part["text"] = text;
    return Json::array({part});
}

bool is_text_part(const Json& part) {
    return part.is_object() && part.contains("text") && part["text"].is_string()
           && part.value("type", Json()) == "text";
}

Json joined(const Json& parts) {
    std::string text;
    for (const Json& part : parts) {
        if (!is_text_part(part)) return parts;
        text += part["text"].get_ref<const std::string&>();
    }
    return text;
}

/// Reasoning has had several names; templates read one of the first two.
Json with_reasoning(Json message) {
    static constexpr std::array names{"reasoning_content", "thinking", "reasoning"};
    const auto* const named =
        std::find_if(names.begin(), names.end(), [&](const char* name) { return message.contains(name); });
    if (named == names.end()) return message;
    const Json reasoning = message[*named];
    Json first = Json::object();
    first["thinking"] = message.contains("thinking") ? message["thinking"] : reasoning;
    for (const auto& [key, value] : message.items()) first[key] = value;
    first["reasoning_content"] = reasoning;
    return first;
}

} // namespace

std::tm local_time() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    return local;
}

RenderedChat PreparedChat::beginning(std::size_t messages, bool asks) const {
    ChatTemplateInput part = input_;
    part.messages.erase(
        part.messages.begin() + static_cast<Json::difference_type>(messages), part.messages.end());
    part.add_generation_prompt = asks;
    return writer_->render(part);
}

ChatFormat::ChatFormat(const Tokenizer& tokenizer, const std::tm& now) : now_(now) {
    for (const NamedText& token : tokenizer.special_tokens()) variables_[token.name] = token.text;
    for (const NamedText& each : tokenizer.chat_templates()) {
        Named& named = templates_.emplace_back();
        named.name = each.name;
        const std::string where =
            each.name == "default" ? "the chat template" : "the chat template '" + shown(each.name) + "'";
        try {
            named.writer = std::make_unique<const ChatTemplate>(ChatTemplate::parse(each.text, where));
            named.content = content_of(*named.writer);
        } catch (const Error& error) {
            named.fault = error.what();
        }
    }
}

ChatTemplateInput ChatFormat::input() const {
    ChatTemplateInput given;
    given.variables = variables_;
    given.clock = [now = now_, asked = wrote_date_] {
        *asked = true;
        return now;
    };
    return given;
}

/// Finds out by a message in each form. A template that can write neither is given what there is.
ChatFormat::Content ChatFormat::content_of(const ChatTemplate& writer) const {
    const auto writes = [&](Json content) {
        ChatTemplateInput given = input();
        given.messages = Json::array({chat_message("user", std::move(content))});
        try {
            const std::string text = writer.render(given).text;
            return text.find(probe) != std::string::npos && text.find("'type'") == std::string::npos;
        } catch (const Error&) {
            return false;
        }
    };
    const bool text = writes(std::string(probe));
    const bool parts = writes(as_parts(std::string(probe)));
    *wrote_date_ = false;
    return text == parts ? Content::AsGiven : text ? Content::Text : Content::Parts;
}

const ChatFormat::Named& ChatFormat::chosen(const Chat& chat) const {
    if (templates_.empty())
        fail("the model's chat template", "none", "one, to write messages by",
            "put a chat_template.jinja beside the tokenizer, or give texts in place of messages");
    const auto find = [&](std::string_view name) {
        return std::find_if(
            templates_.begin(), templates_.end(), [&](const Named& each) { return each.name == name; });
    };
    auto found = chat.tools.is_null() ? templates_.end() : find("tool_use");
    if (found == templates_.end()) found = find("default");
    if (found == templates_.end()) {
        Json names = Json::array();
        for (const Named& each : templates_) names.push_back(shown(each.name, 40));
        fail("the model's chat templates", names.dump(), "one that is named default");
    }
    if (!found->writer) throw Error(found->fault);
    return *found;
}

Json ChatFormat::message_for(const Json& message, Content content) {
    Json kept = Json::object();
    for (const auto& [key, value] : message.items())
        if (!value.is_null()) kept[key] = value;
    kept = with_reasoning(std::move(kept));
    const auto found = kept.find("content");
    if (found == kept.end()) return kept;
    if (content == Content::Text && found->is_array()) *found = joined(*found);
    if (content == Content::Parts && found->is_string()) *found = as_parts(found->get<std::string>());
    return kept;
}

PreparedChat ChatFormat::prepare(const Chat& chat) const {
    const Named& named = chosen(chat);
    ChatTemplateInput given = input();
    for (const Json& message : chat.messages) given.messages.push_back(message_for(message, named.content));
    given.tools = chat.tools;
    given.documents = chat.documents;
    given.variables.update(chat.variables);
    return {*named.writer, std::move(given)};
}

std::vector<TokenId> question_tokens(const Chat& chat, const ChatFormat& format, const Tokenizer& tokenizer) {
    return tokenizer.encode(format.prepare(chat).beginning(chat.messages.size(), /*asks=*/true).text);
}

std::vector<TokenId> answer_ends(const ChatFormat& format, const Tokenizer& tokenizer) {
    std::vector<TokenId> ends = tokenizer.ends();
    Chat chat;
    chat.messages.push_back(chat_message("user", std::string(probe)));
    chat.messages.push_back(chat_message("assistant", std::string(probe)));
    std::string text;
    try {
        text = format.prepare(chat).whole().text;
    } catch (const Error&) {
        return ends; // the question itself will tell
    }
    const std::size_t answer = text.rfind(probe);
    if (answer == std::string::npos) return ends;
    const std::vector<TokenId> behind =
        tokenizer.encode(std::string_view(text).substr(answer + probe.size()));
    const auto end =
        std::find_if(behind.begin(), behind.end(), [&](TokenId id) { return is_special(id, tokenizer); });
    if (end != behind.end() && std::find(ends.begin(), ends.end(), *end) == ends.end()) ends.push_back(*end);
    return ends;
}

bool is_special(TokenId id, const Tokenizer& tokenizer) {
    return !tokenizer.token(id).empty() && tokenizer.decode({id}).empty()
           && !tokenizer.decode({id}, /*with_special=*/true).empty();
}

} // namespace lora
