// Chats rendered as the models' own templates render them.

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/text/chat.h"

#include <QtTest>
#include <string>

using namespace lora;

namespace {

std::string joined(const std::vector<ChatPiece>& pieces) {
    std::string text;
    for (const ChatPiece& piece : pieces) text += piece.text;
    return text;
}

std::vector<ChatMessage> messages_of(const Json& conversation) {
    std::vector<ChatMessage> messages;
    for (const Json& message : conversation["messages"])
        messages.push_back({message["role"].get<std::string>(), message["content"].get<std::string>()});
    return messages;
}

} // namespace

class ChatTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_rendering_equals_the_models_own_template() {
        const Json fixture = read_json(std::string(FIXTURES) + "/tokenizers/smollm2_chats.json");
        const std::string source = fixture["template"].get<std::string>();
        QVERIFY(is_chatml(source));
        QVERIFY(fixture["conversations"].size() >= 10);
        for (const Json& conversation : fixture["conversations"]) {
            const std::vector<ChatMessage> messages = messages_of(conversation);
            QCOMPARE(joined(render_chatml(messages, source)), conversation["text"].get<std::string>());
            QCOMPARE(chat_prompt(messages, source), conversation["prompt"].get<std::string>());
        }
    }

    void learned_is_what_the_assistant_says_and_its_end_mark() {
        const std::vector<ChatPiece> expected{
            {"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", false},
            {"Ho<|im_end|>", true},
            {"\n<|im_start|>user\nBye<|im_end|>\n", false},
        };
        QVERIFY(render_chatml({{"user", "Hi"}, {"assistant", "Ho"}, {"user", "Bye"}}, "") == expected);
    }

    void the_default_system_message_is_read_out_of_the_template() {
        const std::string escaped = "{{ \"<|im_start|>system\\nDon't \\\"guess\\\".<|im_end|>\\n\" }}";
        QCOMPARE(chat_prompt({{"user", "x"}}, escaped),
            std::string("<|im_start|>system\nDon't \"guess\".<|im_end|>\n<|im_start|>user\nx<|im_end|>\n"
                        "<|im_start|>assistant\n"));
    }

    void an_expression_in_the_system_message_is_not_a_default() {
        const std::string source = "{{ '<|im_start|>system\\n' + system + '<|im_end|>' }}";
        QCOMPARE(chat_prompt({{"user", "x"}}, source),
            std::string("<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n"));
    }

    void another_template_is_not_chatml() {
        QVERIFY(!is_chatml("[INST] {{ message }} [/INST]"));
        QVERIFY(!is_chatml(""));
    }

    void an_unknown_role_is_refused_by_name() {
        try {
            render_chatml({{"wizard", "x"}}, "");
            QFAIL("it was rendered");
        } catch (const Error& error) {
            QVERIFY(std::string(error.what()).find("'wizard'") != std::string::npos);
        }
    }
};

QTEST_GUILESS_MAIN(ChatTest)
#include "chat_test.moc"
