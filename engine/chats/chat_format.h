#pragma once
// How a model writes chats: by the template that it carries, as transformers' apply_chat_template does.

#include "engine/chats/chat.h"
#include "engine/templates/chat_template.h"
#include "engine/text/tokenizer.h"

#include <atomic>
#include <cstddef>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace lora {

/// The time as the place where the program runs has it.
std::tm local_time();

/// A chat made ready for its template. Must not outlive the ChatFormat.
class PreparedChat {
public:
    PreparedChat(const ChatTemplate& writer, ChatTemplateInput input)
        : writer_(&writer), input_(std::move(input)) {}

    /// Throws Error with the template's line for what it refuses.
    RenderedChat whole() const { return writer_->render(input_); }
    /// So many messages from the first on; `asks`: followed by what opens the assistant's answer.
    RenderedChat beginning(std::size_t messages, bool asks) const;

    const ChatTemplateInput& input() const { return input_; }
    const ChatTemplate& writer() const { return *writer_; }

private:
    const ChatTemplate* writer_;
    ChatTemplateInput input_;
};

class ChatFormat {
public:
    /// Reads the tokenizer's templates. One that cannot be read is an Error only where a chat needs it.
    /// `now`: for templates that write the date; it stands still, so that all chats have the same.
    explicit ChatFormat(const Tokenizer& tokenizer, const std::tm& now = local_time());

    /// Whether the model has a template at all.
    bool exists() const { return !templates_.empty(); }
    /// As transformers gives chats to templates: keys that are null go, a message's reasoning is there under
    /// each of its names, chats with tools take the template "tool_use" where there is one. Contents are
    /// texts or lists of parts, whichever of the two the template can write. Throws Error where there is no
    /// template and for one that cannot be read, with its line.
    PreparedChat prepare(const Chat& chat) const;
    /// Whether a template has asked for the date so far.
    bool wrote_date() const { return *wrote_date_; }

private:
    enum class Content { AsGiven, Text, Parts };
    struct Named {
        std::string name;
        std::unique_ptr<const ChatTemplate> writer; ///< null where it cannot be read
        std::string fault;
        Content content = Content::AsGiven;
    };

    const Named& chosen(const Chat& chat) const;
    ChatTemplateInput input() const;
    Content content_of(const ChatTemplate& writer) const;
    static Json message_for(const Json& message, Content content);

    std::vector<Named> templates_;
    Json variables_ = Json::object();
    std::tm now_;
    std::shared_ptr<std::atomic<bool>> wrote_date_ = std::make_shared<std::atomic<bool>>(false);
};

/// The chat and what opens the answer to its last message, as ids. Throws Error as prepare() and whole() do.
std::vector<TokenId> question_tokens(const Chat& chat, const ChatFormat& format, const Tokenizer& tokenizer);

/// What ends an answer in a chat: the tokenizer's ends, and the token that the template writes behind one.
std::vector<TokenId> answer_ends(const ChatFormat& format, const Tokenizer& tokenizer);

/// Whether the id is a special token, which decoded text leaves out.
bool is_special(TokenId id, const Tokenizer& tokenizer);

} // namespace lora
