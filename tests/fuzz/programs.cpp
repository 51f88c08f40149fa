// What is evaluated: chat templates within limits, and numbers that are typed as expressions.

#include "engine/templates/chat_template.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"
#include "ui/elements/number_text.h"

#include <cmath>

namespace lora::fuzz {

namespace {

ChatTemplateInput a_chat() {
    ChatTemplateInput input;
    input.messages = parse_json(R"([{"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Wie spät\n ist es? <b>"}]},
        {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "1",
            "function": {"name": "time", "arguments": {"zone": "UTC", "n": [1, 2.5, null, true]}}}]},
        {"role": "tool", "content": "12:30", "name": "time"}, {"role": "assistant", "content": " Half past 12. "}])",
        "chat");
    input.tools =
        parse_json(R"([{"type": "function", "function": {"name": "time", "parameters": {}}}])", "tools");
    input.variables =
        parse_json(R"({"bos_token": "<s>", "eos_token": "</s>", "enable_thinking": false})", "variables");
    input.add_generation_prompt = true;
    input.clock = [] {
        std::tm time{};
        time.tm_year = 126;
        time.tm_mday = 1;
        return time;
    };
    return input;
}

} // namespace

void read_chat_template(std::string_view bytes) {
    static const ChatTemplateInput input = a_chat();
    constexpr TemplateLimits limits{.steps = 200'000, .bytes = 4U << 20, .depth = 400};
    refusable([&] {
        const ChatTemplate chat = ChatTemplate::parse(bytes, "template");
        const RenderedChat rendered = chat.render(input, limits);
        for (const RenderedChat::Span& span : rendered.generated)
            if (span.begin > span.end || span.end > rendered.text.size())
                throw std::logic_error("a span outside the text");
    });
}

void read_typed_number(std::string_view bytes) {
    const QString text = QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
    for (const NumberForm& form : {NumberForm{true, {}}, NumberForm{false, QStringLiteral("%")},
             NumberForm{false, QStringLiteral("tokens")}}) {
        const NumberReading read = readNumber(text, form);
        if (read.value.is_null()) continue;
        if (!std::isfinite(read.value.get<double>())) throw std::logic_error("a number that is none");
        if (readNumber(numberText(read.value, form), form).value != read.value)
            throw std::logic_error("a number that is not read as it is written");
    }
}

} // namespace lora::fuzz
