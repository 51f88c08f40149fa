#pragma once
// A model's chat template: messages to the text that the model was trained on. The template is Jinja, read as
// transformers reads it (trim_blocks, lstrip_blocks, loop controls, tojson, raise_exception, strftime_now,
// {% generation %}), and evaluated within limits: it comes from people nobody vouches for.

#include "engine/files/json.h"
#include "engine/templates/budget.h"

#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// The time for strftime_now, as the place where the program runs has it.
using TemplateClock = std::function<std::tm()>;

struct ChatTemplateInput {
    Json messages = Json::array();
    Json tools;     ///< null: the template sees none, as transformers' None
    Json documents; ///< likewise
    bool add_generation_prompt = false;
    Json variables = Json::object(); ///< bos_token, eos_token, enable_thinking…, each by its name
    TemplateClock clock;             ///< empty: strftime_now is an Error
};

struct RenderedChat {
    /// A range of bytes of the text.
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
        bool operator==(const Span&) const = default;
    };
    std::string text;
    std::vector<Span> generated; ///< what {% generation %} blocks wrote, in the order in which they ended
    /// For each message, what the template's loops wrote straight to the text while they were at it; a
    /// message that is written elsewhere, or through a macro that has the whole loop, has no range.
    std::vector<std::vector<Span>> of_messages;
    /// Where a {% generation %} block stands whose text went through a macro, a filter or a variable, so that
    /// its span is not known; empty where there is none.
    std::string untracked;
};

class ChatTemplate {
public:
    /// `where` names the template in messages. Throws Error with line and column for what is not known here.
    static ChatTemplate parse(std::string_view text, const std::string& where);

    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;
    ~ChatTemplate();

    /// Throws Error with line and column for what Jinja would refuse, for raise_exception with the template's
    /// words, and where the limits end. May be called from several threads at once.
    RenderedChat render(const ChatTemplateInput& input, const TemplateLimits& limits = {}) const;

    /// Whether it has {% generation %} blocks, so that spans are what is learned.
    bool marks_generation() const;

private:
    struct Parts;
    explicit ChatTemplate(std::unique_ptr<const Parts> parts);

    std::unique_ptr<const Parts> parts_;
};

} // namespace lora
