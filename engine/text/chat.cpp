#include "engine/text/chat.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lora {

namespace {

constexpr std::string_view start_mark = "<|im_start|>";
constexpr std::string_view end_mark = "<|im_end|>";

/// A Jinja string literal's text from `at` to its closing quote, or nothing if it is not closed.
std::string literal_at(std::string_view source, std::size_t at, char quote) {
    std::string text;
    for (; at < source.size() && source[at] != quote; ++at) {
        if (source[at] != '\\' || at + 1 == source.size()) {
            text.push_back(source[at]);
            continue;
        }
        const char escaped = source[++at];
        text.push_back(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
    }
    return at < source.size() ? text : std::string();
}

/// The system message that the template writes by itself: a literal with both marks and no expression inside.
std::string default_system_message(std::string_view source) {
    const std::string opening = std::string(start_mark) + "system";
    for (std::size_t at = source.find(opening); at != std::string_view::npos;
         at = source.find(opening, at + 1)) {
        if (at == 0 || (source[at - 1] != '\'' && source[at - 1] != '"')) {
            continue;
        }
        const std::string text = literal_at(source, at, source[at - 1]);
        const std::size_t end = text.find(end_mark);
        if (end != std::string::npos && end > opening.size() && text[opening.size()] == '\n') {
            return text.substr(opening.size() + 1, end - opening.size() - 1);
        }
    }
    return {};
}

void check_role(const std::string& role) {
    static constexpr std::array<std::string_view, 4> roles{"system", "user", "assistant", "tool"};
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) {
        fail("role of a message", "'" + shown(role) + "'", "system, user, assistant or tool");
    }
}

void add_piece(std::vector<ChatPiece>& pieces, std::string_view text, bool learned) {
    if (pieces.empty() || pieces.back().learned != learned) {
        pieces.push_back({{}, learned});
    }
    pieces.back().text += text;
}

void add_message(std::vector<ChatPiece>& pieces, const ChatMessage& message) {
    const bool learned = message.role == "assistant" && message.learned;
    add_piece(pieces, std::string(start_mark) + message.role + "\n", false);
    add_piece(pieces, message.content + std::string(end_mark), learned);
    add_piece(pieces, "\n", false);
}

} // namespace

bool is_chatml(std::string_view chat_template) {
    const auto has = [&](std::string_view part) {
        return chat_template.find(part) != std::string_view::npos;
    };
    return has(start_mark) && has(end_mark);
}

std::vector<ChatPiece> render_chatml(
    const std::vector<ChatMessage>& messages, std::string_view chat_template) {
    std::vector<ChatPiece> pieces;
    if (!messages.empty() && messages.front().role != "system") {
        if (std::string system = default_system_message(chat_template); !system.empty()) {
            add_message(pieces, {"system", std::move(system)});
        }
    }
    for (const ChatMessage& message : messages) {
        check_role(message.role);
        add_message(pieces, message);
    }
    return pieces;
}

std::string chat_prompt(const std::vector<ChatMessage>& messages, std::string_view chat_template) {
    std::string text;
    for (const ChatPiece& piece : render_chatml(messages, chat_template)) {
        text += piece.text;
    }
    return text + std::string(start_mark) + "assistant\n";
}

} // namespace lora
