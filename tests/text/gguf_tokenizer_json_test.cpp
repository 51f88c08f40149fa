// The vocabulary of a GGUF file written as tokenizer.json: the same ids for the same strings as `tokenizers`
// gives for the original (fixtures/tokenizers/make.py).

#include "engine/error.h"
#include "engine/files/gguf.h"
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
};

QTEST_GUILESS_MAIN(GgufTokenizerJsonTest)
#include "gguf_tokenizer_json_test.moc"
