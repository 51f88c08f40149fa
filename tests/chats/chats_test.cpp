// Chats and texts as transformers and TRL tokenize them (fixtures/chats/make.py), and what is learned of
// chats whose template has no marks.

#include "engine/chats/learned_chat.h"
#include "engine/data/dataset_file.h"
#include "engine/data/example.h"
#include "engine/data/row.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

using namespace lora;

namespace {

const std::string folder = std::string(FIXTURES) + "/chats/";

std::string template_named(const std::string& name) {
    std::ifstream file(folder + name + ".jinja", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A model's folder, as far as its tokenizer goes.
struct Model {
    explicit Model(const Json& config, const std::string& name = "smollm") {
        std::filesystem::copy_file(std::string(FIXTURES) + "/tokenizers/" + name + "/tokenizer.json",
            scratch.path("tokenizer.json"));
        scratch.write("tokenizer_config.json", config.dump());
    }
    Tokenizer tokenizer() const { return Tokenizer::from_folder(scratch.path("")); }

    Scratch scratch;
};

Json config_with(const std::string& chat_template) {
    Json config = Json::object();
    config["bos_token"] = "<|im_start|>";
    config["eos_token"] = "<|im_end|>";
    config["chat_template"] = chat_template;
    return config;
}

Chat asking(const std::string& question) {
    Chat chat;
    chat.messages.push_back(chat_message("user", question));
    return chat;
}

/// One row made an example, with its maker.
struct Made {
    Made(const Tokenizer& model, const std::string& row, bool last_turn = false)
        : tokenizer(model), maker(model, last_turn) {
        const Scratch scratch;
        const DatasetFile file(scratch.write("row.jsonl", row));
        example = maker.make(*file.rows().next());
    }
    std::string text(bool learned) const {
        std::vector<TokenId> ids;
        for (std::size_t i = 0; i < example.ids.size(); ++i)
            if (example.learned[i] == learned) ids.push_back(example.ids[i]);
        return tokenizer.decode(ids, /*with_special=*/true);
    }

    Tokenizer tokenizer;
    ExampleMaker maker;
    Example example;
};

const std::string two_answers = R"({"messages": [{"role": "user", "content": "a"}, )"
                                R"({"role": "assistant", "content": "one"}, )"
                                R"({"role": "user", "content": "b"}, )"
                                R"({"role": "assistant", "content": "two"}]})";

std::string refusal(const std::string& chat_template, const std::string& row) {
    const Model model(config_with(chat_template));
    return message_of<Error>([&] { Made(model.tokenizer(), row); });
}

} // namespace

class ChatsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_have_the_ids_and_the_mask_of_transformers_and_trl() {
        const Json cases = read_json(folder + "expected.json");
        QVERIFY(cases.size() > 30);
        for (const Json& one : cases) {
            Json config = Json::object();
            config["bos_token"] = one["bos_token"];
            config["eos_token"] = one["eos_token"];
            if (one["begins"].get<bool>()) config["add_bos_token"] = true;
            if (!one["template"].is_null())
                config["chat_template"] = template_named(one["template"].get<std::string>());
            const Model model(config, one["tokenizer"].get<std::string>());
            const Made made(model.tokenizer(), one["row"].dump());
            const std::string about = one["tokenizer"].dump() + one["template"].dump() + one["row"].dump();
            QVERIFY2(made.example.ids == one["ids"].get<std::vector<TokenId>>(), about.c_str());
            if (one["learned"].is_null()) continue;
            std::vector<bool> learned = one["learned"].get<std::vector<bool>>();
            learned.front() = made.example.learned.front(); // the first is never predicted
            QVERIFY2(made.example.learned == learned, about.c_str());
        }
    }

    void without_marks_an_answer_and_its_end_mark_are_learned() {
        const Model model(config_with(template_named("plain")));
        const Made made(model.tokenizer(), two_answers);
        QCOMPARE(made.text(true), std::string("one<|im_end|>two<|im_end|>"));
        QCOMPARE(made.text(false),
            std::string("<|im_start|><|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n\n"
                        "<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n\n"));
        QVERIFY(made.maker.words().empty());
    }

    void an_earlier_turn_that_is_written_otherwise_is_learned_as_it_stands() {
        const Model model(config_with(template_named("forgetful")));
        QCOMPARE(
            Made(model.tokenizer(), two_answers).text(true), std::string("one<|im_end|>() two<|im_end|>"));
    }

    void a_turn_that_cannot_be_found_is_not_learned_and_that_is_said() {
        // Written by a loop over numbers, and the first answer only as long as nothing follows.
        const Model model(
            config_with("{% for i in range(messages | length) %}{{ '<' + messages[i].role + '>' + "
                        "messages[i].content + ('!' if loop.last and i % 2 else '') }}{% endfor %}"
                        "{% if add_generation_prompt %}<assistant>{% endif %}"));
        const Made made(model.tokenizer(), two_answers);
        QCOMPARE(made.text(true), std::string("two!"));
        QCOMPARE(made.maker.words().size(), std::size_t{1});
        QVERIFY(contains(made.maker.words()[0], "read and not learned (once: line 1, messages[1])"));
    }

    void of_a_chat_the_last_answer_alone_is_learned_where_asked_for() {
        for (const char* name : {"plain", "marked"}) {
            const Model model(config_with(template_named(name)));
            QCOMPARE(Made(model.tokenizer(), two_answers, /*last_turn=*/true).text(true),
                std::string("two<|im_end|>"));
        }
    }

    void a_turn_of_weight_0_is_left_out_of_the_marks_too() {
        const Model model(config_with(template_named("marked")));
        const Made made(model.tokenizer(),
            R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "one", "weight": 0}, )"
            R"({"role": "user", "content": "b"}, {"role": "assistant", "content": "two", "train": true}]})");
        QCOMPARE(made.text(true), std::string("two<|im_end|>"));
    }

    void marks_that_leave_out_the_end_of_an_answer_are_told_of() {
        const Model model(
            config_with("{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}"
                        "{{ '<|im_end|>' }}{% endfor %}"));
        const Made made(model.tokenizer(), two_answers);
        QCOMPARE(made.maker.words().size(), std::size_t{1});
        QVERIFY(contains(made.maker.words()[0], "may not learn to stop (once: line 1)"));
    }

    void the_template_for_tools_is_taken_for_rows_with_tools() {
        Json config = config_with("");
        config["chat_template"] = Json::parse(
            R"([{"name": "default", "template": "plain {{ messages[0].content }}"}, )"
            R"({"name": "tool_use", "template": "tools {{ tools | length }} {{ messages[0].content }}"}])");
        const Model model(config);
        const std::string message = R"("messages": [{"role": "user", "content": "hi"}])";
        QCOMPARE(Made(model.tokenizer(), "{" + message + "}").text(false), std::string("plain hi"));
        QCOMPARE(Made(model.tokenizer(), R"({"tools": [{}], )" + message + "}").text(false),
            std::string("tools 1 hi"));
    }

    void files_of_templates_go_before_tokenizer_config() {
        const Model model(config_with("config {{ messages[0].content }}"));
        const std::string row = R"({"messages": [{"role": "user", "content": "hi"}]})";
        model.scratch.write("chat_template.jinja", "file {{ messages[0].content }}");
        QCOMPARE(Made(model.tokenizer(), row).text(false), std::string("file hi"));
        std::filesystem::create_directory(model.scratch.path("additional_chat_templates"));
        model.scratch.write("additional_chat_templates/rag.jinja", "rag");
        QCOMPARE(model.tokenizer().chat_templates().size(), std::size_t{2});
        std::filesystem::remove(model.scratch.path("chat_template.jinja"));
        QVERIFY(contains(
            message_of<Error>([&] { Made(model.tokenizer(), row); }), R"(found ["rag"], expected one that)"));
    }

    void a_template_is_told_what_stands_beside_the_messages() {
        const Model model(config_with("{{ deep }} {{ documents[0].title }} {{ eos_token }} {{ tools is none "
                                      "}} {{ messages[0].content }}"));
        QCOMPARE(
            Made(model.tokenizer(), R"({"messages": [{"role": "user", "content": "hi"}], )"
                                    R"("documents": [{"title": "D"}], "chat_template_kwargs": {"deep": 3}})")
                .text(false),
            std::string("3 D <|im_end|> True hi"));
    }

    void parts_of_text_become_the_text_that_a_template_can_write() {
        const std::string row =
            R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]})";
        const Model plain(config_with(template_named("plain")));
        QVERIFY(contains(Made(plain.tokenizer(), row).text(false), "user\nab<|im_end|>"));
        const Model parts(
            config_with("{% for m in messages %}{% for p in m.content %}{{ '[' + p.text + ']' }}"
                        "{% endfor %}{% endfor %}"));
        QCOMPARE(Made(parts.tokenizer(), row).text(false), std::string("[a][b]"));
        QCOMPARE(Made(parts.tokenizer(), R"({"messages": [{"role": "user", "content": "c"}]})").text(false),
            std::string("[c]"));
    }

    void what_a_template_would_lose_is_refused_or_said() {
        const std::string calls =
            R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}]})";
        QVERIFY(
            contains(refusal(template_named("plain"), calls), "messages: tool_calls: found calls of tools"));
        const std::string no_content = std::regex_replace(calls, std::regex("\"content\": \"\", "), "");
        QVERIFY(contains(refusal("{% for m in messages %}{{ m.role + m.content }}{% endfor %}", no_content),
            "messages: tool_calls: found calls of tools"));
        const std::string only_users =
            "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}";
        QVERIFY(contains(
            refusal(only_users, two_answers), "messages[1]: found a message of the role 'assistant'"));
        const Model model(config_with(template_named("plain")));
        const Made made(model.tokenizer(),
            R"({"tools": [{"type": "function"}], "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "reasoning": "c"}]})");
        QCOMPARE(
            made.maker.words(), (std::vector<std::string>{
                                    "The chat template writes nothing of 'reasoning_content' (once: line 1)",
                                    "The chat template writes nothing of 'tools' (once: line 1)"}));
    }

    void a_template_that_refuses_or_cannot_be_read_is_named_with_its_line() {
        const std::string row = R"({"messages": [{"role": "wizard", "content": "a"}]})";
        QVERIFY(contains(refusal(template_named("plain"), row), "the chat template: line 5"));
        QVERIFY(contains(refusal(template_named("plain"), row), "There is no role wizard"));
        QVERIFY(contains(refusal("\n{% frobnicate %}", row), "the chat template: line 2"));
        QVERIFY(contains(refusal("", row), "the model's chat template: found none"));
        // Texts do not need it.
        const Model model(config_with("{% frobnicate %}"));
        QCOMPARE(Made(model.tokenizer(), R"({"text": "a"})").text(true), std::string("a<|im_end|>"));
    }

    void begin_and_end_stand_once() {
        Json config = config_with("");
        config["add_bos_token"] = true;
        const Model model(config);
        for (const char* row : {R"({"text": "<|im_start|>a<|im_end|>"})", R"({"text": "a"})"}) {
            const Made made(model.tokenizer(), row);
            QCOMPARE(made.text(false) + made.text(true), std::string("<|im_start|>a<|im_end|>"));
        }
        QCOMPARE(
            Made(model.tokenizer(), R"({"prompt": "<|im_start|>a", "completion": "q<|im_end|>"})").text(true),
            std::string("q<|im_end|>"));
    }

    void a_question_is_what_the_template_asks_with_and_its_end_mark_ends_the_answer() {
        Json config = config_with(template_named("plain"));
        config["eos_token"] = "<|endoftext|>";
        config["bos_token"] = nullptr;
        const Model model(config);
        model.scratch.write("generation_config.json", R"({"eos_token_id": [0]})");
        const Tokenizer tokenizer = model.tokenizer();
        const ChatFormat format(tokenizer);
        QCOMPARE(tokenizer.decode(question_tokens(asking("Why?"), format, tokenizer), true),
            std::string("<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n"));
        QCOMPARE(answer_ends(format, tokenizer),
            (std::vector<TokenId>{*tokenizer.eos(), *tokenizer.find("<|im_end|>")}));
    }

    void the_date_is_the_same_in_all_chats_and_that_is_said() {
        const Model model(config_with("{{ strftime_now('%Y') }} {{ messages[0].content }}"));
        const Made made(model.tokenizer(), R"({"messages": [{"role": "user", "content": "a"}]})");
        QVERIFY(contains(made.text(false), std::to_string(local_time().tm_year + 1900)));
        QVERIFY(contains(made.maker.words().at(0), "writes the date"));
    }
};

QTEST_GUILESS_MAIN(ChatsTest)
#include "chats_test.moc"
