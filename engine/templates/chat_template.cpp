#include "engine/templates/chat_template.h"

#include "engine/error.h"
#include "engine/templates/functions.h"
#include "engine/templates/json_value.h"
#include "engine/templates/lexer.h"
#include "engine/templates/renderer.h"
#include "engine/templates/statement_parser.h"

#include <utility>

namespace lora {

struct ChatTemplate::Parts {
    std::string where;
    jinja::Source source;
    jinja::Body body;
    bool marks_generation = false;
};

namespace {

constexpr std::size_t longest_template = 1 << 20;

std::tm no_clock() {
    throw jinja::Refusal{"strftime_now where no time is given", "a template without a date"};
}

bool has_generation(const jinja::Source& source) {
    const std::vector<jinja::Token> tokens = jinja::tokens_of(source);
    for (std::size_t i = 1; i < tokens.size(); ++i)
        if (tokens[i].text == "generation" && tokens[i - 1].kind == jinja::Token::Kind::StatementBegin)
            return true;
    return false;
}

/// Gives the messages back, as the scope has them.
std::vector<jinja::Value> set_variables(
    jinja::Scope& scope, const ChatTemplateInput& input, jinja::Budget& budget) {
    if (!input.variables.is_object())
        throw jinja::Refusal{"variables that are no object", "names and values"};
    for (const auto& [name, value] : input.variables.items())
        scope.set(name, jinja::from_json(value, budget));
    const jinja::Value messages = jinja::from_json(input.messages, budget);
    scope.set("messages", messages);
    scope.set("tools", jinja::from_json(input.tools, budget));
    scope.set("documents", jinja::from_json(input.documents, budget));
    scope.set("add_generation_prompt", jinja::boolean(input.add_generation_prompt));
    const jinja::SequencePtr* list = messages.as<jinja::SequencePtr>();
    return list == nullptr ? std::vector<jinja::Value>() : (*list)->items;
}

} // namespace

ChatTemplate::ChatTemplate(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

ChatTemplate ChatTemplate::parse(std::string_view text, const std::string& where) {
    if (text.size() > longest_template)
        fail(where, "a chat template of " + std::to_string(text.size()) + " bytes",
            "at most " + std::to_string(longest_template));
    auto parts = std::make_unique<Parts>(
        Parts{.where = where, .source = jinja::Source(text, where), .body = {}, .marks_generation = false});
    parts->body = jinja::parse_template(parts->source);
    parts->marks_generation = has_generation(parts->source);
    return ChatTemplate(std::move(parts));
}

bool ChatTemplate::marks_generation() const { return parts_->marks_generation; }

RenderedChat ChatTemplate::render(const ChatTemplateInput& input, const TemplateLimits& limits) const {
    jinja::Budget budget(limits);
    jinja::Keeper keeper;
    const TemplateClock clock = input.clock ? input.clock : TemplateClock(no_clock);
    jinja::Renderer renderer(parts_->source, {clock, keeper, budget});
    const auto scope = std::make_shared<jinja::Scope>(nullptr);
    try {
        renderer.follow(set_variables(*scope, input, budget));
    } catch (const jinja::Refusal& refusal) {
        fail(parts_->where + ": what the template is given", refusal.found, refusal.expected);
    }
    renderer.render(parts_->body, scope);
    RenderedChat rendered{.text = renderer.take_output(),
        .generated = {},
        .of_messages = {},
        .untracked = renderer.untracked()};
    for (const jinja::Span& span : renderer.generations())
        rendered.generated.push_back({span.begin, span.end});
    for (const auto& spans : renderer.followed()) {
        auto& ranges = rendered.of_messages.emplace_back();
        for (const jinja::Span& span : spans) ranges.push_back({span.begin, span.end});
    }
    return rendered;
}

} // namespace lora
