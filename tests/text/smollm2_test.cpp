// The small model's own tokenizer beside the ids of the original.

#include "engine/files/gguf.h"
#include "engine/files/json.h"
#include "engine/text/tokenizer.h"

#include <QtTest>
#include <optional>
#include <string>
#include <vector>

using namespace lora;

/// The small real model's vocabulary out of its GGUF file, against its original tokenizer.json.
class SmolLm2Test : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(qEnvironmentVariableIsSet("LORA_TEST_MODEL"),
            "LORA_TEST_MODEL must be the path of SmolLM2-135M-Instruct as GGUF; tests/run sets it");
        tokenizer_ = Tokenizer::from_gguf(GgufFile(qEnvironmentVariable("LORA_TEST_MODEL").toStdString()));
    }

    void ids_and_text_equal_those_of_the_original_tokenizer() {
        const std::string folder = std::string(FIXTURES) + "/tokenizers/";
        const auto strings = read_json(folder + "strings.json").get<std::vector<std::string>>();
        const Json expected = read_json(folder + "smollm2_ids.json");
        QVERIFY(strings.size() >= 200);
        for (std::size_t i = 0; i < strings.size(); ++i) {
            const auto ids = expected["ids"][i].get<std::vector<TokenId>>();
            const Json& text = expected["text"][i];
            QVERIFY(tokenizer_->encode(strings[i]) == ids);
            QVERIFY(tokenizer_->decode(ids) == (text.is_null() ? strings[i] : text.get<std::string>()));
        }
    }

    void its_ends_and_its_template_are_known() {
        QCOMPARE(tokenizer_->token(tokenizer_->eos().value()), std::string_view("<|im_end|>"));
        QCOMPARE(tokenizer_->token(tokenizer_->bos().value()), std::string_view("<|im_start|>"));
        QVERIFY(!tokenizer_->adds_bos());
        QCOMPARE(tokenizer_->size(), std::int64_t{49152});
        QVERIFY(tokenizer_->chat_template().find("<|im_start|>") != std::string::npos);
    }

private:
    std::optional<Tokenizer> tokenizer_;
};

QTEST_GUILESS_MAIN(SmolLm2Test)
#include "smollm2_test.moc"
