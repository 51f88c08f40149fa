// Chat templates against what jinja2 made of them (fixtures/templates/make.py), and their limits.

#include "engine/error.h"
#include "engine/templates/chat_template.h"

#include <QtTest>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

using namespace lora;

namespace {

const std::string folder = std::string(FIXTURES) + "/templates/";

std::tm fixture_clock() {
    std::tm now{};
    now.tm_year = 125;
    now.tm_mon = 2;
    now.tm_mday = 9;
    now.tm_hour = 13;
    now.tm_min = 5;
    now.tm_sec = 7;
    now.tm_yday = 67; // a Sunday, which tm_wday's 0 is
    return now;
}

ChatTemplateInput input_of(Json given) {
    ChatTemplateInput input;
    input.clock = fixture_clock;
    const auto take = [&](const char* name, Json& into) {
        if (!given.contains(name)) return;
        into = given[name];
        given.erase(name);
    };
    take("messages", input.messages);
    take("tools", input.tools);
    take("documents", input.documents);
    Json prompt = false;
    take("add_generation_prompt", prompt);
    input.add_generation_prompt = prompt.get<bool>();
    input.variables = std::move(given);
    return input;
}

std::string template_of(const Json& entry) {
    const auto name = entry["template"].get<std::string>();
    if (name.size() < 6 || name.substr(name.size() - 6) != ".jinja") return name;
    std::ifstream file(folder + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

RenderedChat rendered(const std::string& text, const Json& given = Json::object()) {
    return ChatTemplate::parse(text, "a.jinja").render(input_of(given));
}

/// What the Error says; empty where there is none.
std::string complaint(
    const std::string& text, const TemplateLimits& limits = {}, const Json& given = Json::object()) {
    try {
        ChatTemplate::parse(text, "a.jinja").render(input_of(given), limits);
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

bool says(const std::string& message, const char* part) { return message.find(part) != std::string::npos; }

} // namespace

class ChatTemplateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_rendering_equals_jinja2s_data() {
        QTest::addColumn<std::size_t>("index");
        fixture_ = read_json(folder + "chats.json");
        QVERIFY(fixture_["entries"].size() > 100);
        for (std::size_t i = 0; i < fixture_["entries"].size(); ++i)
            QTest::addRow(
                "%zu %.60s", i, fixture_["entries"][i]["template"].get_ref<const std::string&>().c_str())
                << i;
    }

    void the_rendering_equals_jinja2s() {
        QFETCH(std::size_t, index);
        const Json& entry = fixture_["entries"][index];
        const Json& given = entry["given"].is_string() ? fixture_["small"] : entry["given"];
        const std::string source = template_of(entry);
        if (entry.contains("error")) {
            QVERIFY(!complaint(source, {}, given).empty());
            return;
        }
        const RenderedChat chat = rendered(source, given);
        QCOMPARE(QString::fromStdString(chat.text), QString::fromStdString(entry["text"].get<std::string>()));
        Json spans = Json::array();
        for (const RenderedChat::Span& span : chat.generated) spans.push_back({span.begin, span.end});
        QCOMPARE(spans.dump(), entry["spans"].dump());
    }

    void a_refusal_names_line_and_column_and_what_was_expected() {
        const std::string message = complaint("one\n  {% frobnicate %}");
        QVERIFY2(says(message, "a.jinja: line 2, column 6"), message.c_str());
        QVERIFY2(says(message, "'frobnicate'"), message.c_str());
        QVERIFY2(says(message, "a statement"), message.c_str());
        QVERIFY(says(complaint("{{ messages[0].role.x }}"), "has no"));
        QVERIFY(says(complaint("\n\n{{ nothing.x }}"), "line 3"));
        QVERIFY(says(complaint("{% for x in y recursive %}{% endfor %}"), "not recursive"));
        QVERIFY(says(complaint("{% include 'x' %}"), "'include'"));
    }

    void raise_exception_is_said_in_the_templates_words() {
        const std::string message = complaint("{{ raise_exception('Roles must take turns') }}");
        QVERIFY2(says(message, "line 1"), message.c_str());
        QVERIFY2(says(message, "Roles must take turns"), message.c_str());
    }

    void a_template_without_an_end_is_stopped() {
        const std::string many =
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
        QVERIFY(says(complaint(many, {.steps = 100'000}), "steps"));
        const std::string doubling = "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = "
                                     "ns.x ~ ns.x %}{% endfor %}";
        QVERIFY(says(complaint(doubling), "bytes"));
        QVERIFY(says(complaint("{{ 'a' * 99999999999 }}"), "at most"));
        QVERIFY(says(complaint("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), "deep"));
    }

    void what_is_too_deep_is_refused() {
        QVERIFY(
            says(complaint("{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}"), "deep"));
        QVERIFY(says(complaint("{{ " + std::string(5000, '-') + "1 }}"), "deep"));
        std::string sum = "{{ 1";
        for (int i = 0; i < 5000; ++i) sum += " + 1";
        QVERIFY(says(complaint(sum + " }}"), "deep"));
        std::string blocks;
        for (int i = 0; i < 5000; ++i) blocks += "{% if 1 %}";
        QVERIFY(says(complaint(blocks), "deep"));
        QVERIFY(says(complaint("{% set ns = namespace(x=[]) %}{% for i in range(999) %}"
                               "{% set ns.x = [ns.x] %}{% endfor %}"),
            "deep"));
        const std::string shared = "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}"
                                   "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}";
        QVERIFY(says(complaint(shared), "at most"));
    }

    void a_namespace_that_holds_itself_and_a_macro_in_it_are_let_go() {
        QCOMPARE(rendered("{% set ns = namespace() %}{% macro m() %}{{ ns.x is defined }}{% endmacro %}"
                          "{% set ns.x = [ns, m] %}{{ m() }}")
                     .text,
            std::string("True"));
    }

    void a_generation_whose_text_goes_through_a_variable_is_said_to_be_untracked() {
        const RenderedChat chat =
            rendered("{% set x %}{% generation %}a{% endgeneration %}{% endset %}\n{{ x }}");
        QCOMPARE(chat.text, std::string("a"));
        QVERIFY(chat.generated.empty());
        QVERIFY2(says(chat.untracked, "line 1"), chat.untracked.c_str());
        QVERIFY(ChatTemplate::parse("{% generation %}{% endgeneration %}", "").marks_generation());
        QVERIFY(
            !ChatTemplate::parse("{{ '{% generation %}' }}{# {% generation %} #}", "").marks_generation());
    }

    void numbers_that_would_change_are_refused() {
        QVERIFY(says(complaint("{{ 9223372036854775807 + 1 }}"), "63 bits"));
        QVERIFY(says(complaint("", {}, {{"x", 18446744073709551615U}}), "2^63"));
    }

    void a_date_needs_a_clock() {
        const ChatTemplate chat_template = ChatTemplate::parse("{{ strftime_now('%Y') }}", "a.jinja");
        QVERIFY_THROWS_EXCEPTION(Error, chat_template.render({}));
        ChatTemplateInput input;
        input.clock = fixture_clock;
        QCOMPARE(chat_template.render(input).text, std::string("2025"));
    }

    // As jinja2 has it: what is in a branch is looked for once it is reached, but for a loop's or a macro's
    // body, which stands for itself.
    void a_name_that_is_unknown_in_a_branch_is_refused_once_it_is_reached() {
        for (const char* text : {"{% if false %}{{ 1|nope }}{% endif %}ok",
                 "{% if false and 1 is nope %}{% elif false %}{{ 1|nope }}{% endif %}ok",
                 "{% for x in [1] %}{% if false %}{% set a = x|nope %}{% endif %}{% endfor %}ok"})
            QCOMPARE(rendered(text).text, std::string("ok"));
        for (const char* text : {"{{ 1|nope }}", "{% if true %}{{ 1|nope }}{% endif %}",
                 "{% if false %}{% for x in [1] %}{{ x|nope }}{% endfor %}{% endif %}",
                 "{% if false %}{% set a %}{{ 1|nope }}{% endset %}{% endif %}",
                 "{% if false %}{% endif %}{{ 1|nope }}"})
            QVERIFY2(says(complaint(text), "the filter 'nope'"), text);
    }

private:
    Json fixture_;
};

QTEST_GUILESS_MAIN(ChatTemplateTest)
#include "chat_template_test.moc"
