// The vocabulary of a GGUF file written as tokenizer.json, and the way back: the same ids for the same
// strings as `tokenizers` gives for the original (fixtures/tokenizers/make.py).

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/text/gguf_tokenizer_fields.h"
#include "engine/text/gguf_tokenizer_json.h"
#include "engine/text/tokenizer.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

const std::string fixtures = FIXTURES "/tokenizers/";

} // namespace

class GgufTokenizerJsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void written_files_give_the_ids_of_tokenizers_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"gpt2_plain", "smollm", "llama3", "qwen2"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void written_files_give_the_ids_of_tokenizers() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = fixtures + name.toStdString();
        const GgufFile file(folder + "/vocab.gguf");

        const auto files = tokenizer_files_of(file);

        QVERIFY(files.has_value());
        scratch.write("tokenizer.json", files->tokenizer.dump());
        scratch.write("tokenizer_config.json", files->config.dump());
        const Tokenizer original = Tokenizer::from_gguf(file);
        const Tokenizer written = Tokenizer::from_folder(scratch.path(""));
        const Json expected = read_json(folder + "/expected.json");
        const auto strings = read_json(fixtures + "strings.json").get<std::vector<std::string>>();
        for (std::size_t i = 0; i < strings.size(); ++i)
            QVERIFY2(written.encode(strings[i]) == expected["ids"][i].get<std::vector<TokenId>>(),
                shown(strings[i]).c_str());
        QCOMPARE(written.size(), original.size());
        QCOMPARE(written.eos(), original.eos());
        QCOMPARE(written.bos(), original.bos());
        QCOMPARE(written.adds_bos(), original.adds_bos());
        QCOMPARE(written.chat_template(), original.chat_template());
    }

    void sentence_piece_has_no_counterpart() {
        QVERIFY(!tokenizer_files_of(GgufFile(fixtures + "llama2/vocab.gguf")).has_value());
    }

    void a_folders_tokenizer_comes_back_from_gguf_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"gpt2_plain", "smollm", "llama3", "qwen2", "llama2"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void a_folders_tokenizer_comes_back_from_gguf() {
        QFETCH(QString, name);
        const Scratch scratch;
        const std::string folder = fixtures + name.toStdString();
        const Tokenizer original = Tokenizer::from_folder(folder);
        std::vector<std::string> notes;

        GgufFields fields = gguf_tokenizer_fields(original, original.size() + 3, folder, notes);
        const Tokenizer written =
            Tokenizer::from_gguf(GgufFile(scratch.write("vocab.gguf", gguf_bytes(fields, {}))));

        need_same_tokens(written, original, folder);
        const Json expected = read_json(folder + "/expected.json");
        const auto strings = read_json(fixtures + "strings.json").get<std::vector<std::string>>();
        for (std::size_t i = 0; i < strings.size(); ++i)
            QVERIFY2(written.encode(strings[i]) == expected["ids"][i].get<std::vector<TokenId>>(),
                shown(strings[i]).c_str());
        QCOMPARE(written.size(), original.size() + 3);
        QCOMPARE(written.eos(), original.eos());
        QCOMPARE(written.bos(), original.bos());
        QCOMPARE(written.adds_bos(), original.adds_bos());
        QVERIFY(written.ends() == original.ends());
    }

    void ends_and_templates_of_a_folder_stand_in_the_file() {
        const Scratch scratch;
        scratch.write("tokenizer.json", read_json(fixtures + "qwen2/tokenizer.json", {1 << 24, 64}).dump());
        scratch.write("tokenizer_config.json",
            R"({"eos_token": "a", "pad_token": "b",
                "chat_template": [{"name": "default", "template": "one"}, {"name": "tool", "template": "two"}]})");
        scratch.write("generation_config.json", R"({"eos_token_id": [2, 3]})");
        const Tokenizer original = Tokenizer::from_folder(scratch.path(""));
        std::vector<std::string> notes;

        const GgufFields fields = gguf_tokenizer_fields(original, original.size(), "the folder", notes);
        const Tokenizer written =
            Tokenizer::from_gguf(GgufFile(scratch.write("vocab.gguf", gguf_bytes(fields, {}))));

        QVERIFY(written.chat_templates() == original.chat_templates());
        QCOMPARE(written.eos(), original.eos());
        QCOMPARE(written.ends().size(), std::size_t{2}); // of three, one has no place
        QCOMPARE(notes.size(), std::size_t{1});
    }

    void what_gguf_has_no_word_for_is_refused_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"bert", "unigram", "gpt2_prefix", "scripts", "word_ends"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void what_gguf_has_no_word_for_is_refused() {
        QFETCH(QString, name);
        const Tokenizer tokenizer = Tokenizer::from_folder(fixtures + name.toStdString());
        std::vector<std::string> notes;
        QVERIFY_THROWS_EXCEPTION(
            Error, gguf_tokenizer_fields(tokenizer, tokenizer.size(), "the folder", notes));
    }
};

QTEST_GUILESS_MAIN(GgufTokenizerJsonTest)
#include "gguf_tokenizer_json_test.moc"
