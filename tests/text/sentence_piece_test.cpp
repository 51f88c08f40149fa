// SentencePiece's tokenizer.model, and its Unigram inside GGUF: against the `sentencepiece` package on the
// same strings (fixtures/tokenizers/make_pieces.py), and files that are broken.

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/json.h"
#include "engine/text/tokenizer.h"
#include "tests/files/scratch.h"

#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

using namespace lora;

namespace {

const std::string fixtures = FIXTURES "/tokenizers/";

std::string file_bytes(const std::string& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

/// JSON with single quotes, since moc loses its way in raw strings.
std::string json_text(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

Tokenizer opened(const std::string& name) {
    return name.ends_with(".gguf") ? Tokenizer::from_gguf(GgufFile(fixtures + name))
                                   : Tokenizer::from_folder(fixtures + name);
}

/// A field of the wire format: its number, its kind, what follows.
std::string field(int number, int kind, const std::string& value) {
    return std::string(1, static_cast<char>(number * 8 + kind)) + value;
}

std::string message(int number, const std::string& value) {
    return field(number, 2, static_cast<char>(value.size()) + value);
}

std::string piece(const std::string& text, int type = 1) {
    return message(1, message(1, text) + field(3, 0, std::string(1, static_cast<char>(type))));
}

const std::string unknown = piece("<unk>", 2);

} // namespace

class SentencePieceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ids_and_text_equal_those_of_sentencepiece_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"sp_unigram", "sp_unigram/vocab.gguf", "sp_unigram_bytes", "sp_bpe",
                 "sp_bpe_bytes", "sp_bpe_behind"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void ids_and_text_equal_those_of_sentencepiece() {
        QFETCH(QString, name);
        const std::string path = name.toStdString();
        const Tokenizer tokenizer = opened(path);
        const Json expected = read_json(fixtures + path.substr(0, path.find('/')) + "/expected.json");
        const auto strings = read_json(fixtures + "strings.json").get<std::vector<std::string>>();
        for (std::size_t i = 0; i < strings.size(); ++i) {
            const auto ids = expected["ids"][i].get<std::vector<TokenId>>();
            QVERIFY2(tokenizer.encode(strings[i]) == ids, shown(strings[i]).c_str());
            const Json& text = expected["text"][i];
            if (text.is_string() && text.get<std::string>().find("\xEF\xBF\xBD") != std::string::npos)
                continue;
            QVERIFY2(tokenizer.decode(ids) == (text.is_null() ? strings[i] : text.get<std::string>()),
                shown(strings[i]).c_str());
        }
    }

    void the_ends_come_from_the_file_and_the_config_says_what_is_added() {
        const Scratch scratch;
        scratch.write("tokenizer.model", file_bytes(fixtures + "sp_bpe_bytes/tokenizer.model"));
        const Tokenizer bare = Tokenizer::from_folder(scratch.path(""));
        QCOMPARE(bare.bos(), std::optional<TokenId>(1));
        QCOMPARE(bare.eos(), std::optional<TokenId>(2));
        QVERIFY(!bare.adds_bos());
        scratch.write("tokenizer_config.json",
            json_text(
                "{'add_bos_token': true, 'add_eos_token': true, 'pad_token': '<pad>', 'legacy': false}"));
        const Tokenizer told = Tokenizer::from_folder(scratch.path(""));
        QVERIFY(told.adds_bos());
        QCOMPARE(told.closing(), std::optional<TokenId>(2));
        QCOMPARE(told.find("<pad>"), std::optional<TokenId>(static_cast<TokenId>(bare.size())));
        // The space in front: of every part, or of the whole text only.
        QVERIFY(bare.encode("<s>a") != told.encode("<s>a"));
        QCOMPARE(told.decode(told.encode("b<s>a")), std::string("ba"));
    }

    void added_tokens_decoder_names_tokens_data() {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QString>("said");
        QTest::newRow("a new one") << QByteArray("{'added_tokens_decoder': {'NEXT': {'content': '<x>'}}}")
                                   << QString();
        QTest::newRow("another's id") << QByteArray("{'added_tokens_decoder': {'99999': {'content': '<x>'}}}")
                                      << QStringLiteral("id 99999 for '<x>'");
        QTest::newRow("no id") << QByteArray("{'added_tokens_decoder': {'x': {'content': '<x>'}}}")
                               << QStringLiteral("found 'x', expected the id of a token");
        QTest::newRow("no token") << QByteArray("{'added_tokens_decoder': {'1': '<x>'}}")
                                  << QStringLiteral("added_tokens_decoder: 1");
        QTest::newRow("specials that are no list") << QByteArray("{'additional_special_tokens': '<x>'}")
                                                   << QStringLiteral("expected a list of tokens");
    }
    void added_tokens_decoder_names_tokens() {
        QFETCH(QByteArray, config);
        QFETCH(QString, said);
        const Scratch scratch;
        scratch.write("tokenizer.json", file_bytes(fixtures + "smollm/tokenizer.json"));
        const std::int64_t next = Tokenizer::from_folder(scratch.path("")).size();
        scratch.write("tokenizer_config.json",
            json_text(config.replace("NEXT", QByteArray::number(next)).toStdString()));
        try {
            const Tokenizer tokenizer = Tokenizer::from_folder(scratch.path(""));
            QVERIFY(said.isEmpty());
            QCOMPARE(tokenizer.encode("<x>"), std::vector<TokenId>{static_cast<TokenId>(next)});
        } catch (const Error& error) {
            QVERIFY2(
                !said.isEmpty() && std::string(error.what()).find(said.toStdString()) != std::string::npos,
                error.what());
        }
    }

    void a_broken_file_is_refused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& bytes, const char* said) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                << QString::fromUtf8(said);
        };
        row("nothing", "", "found no piece of type Unknown");
        row("another format", "IQ== 0\nIg== 1\n", "tokenizer.model");
        row("cut off", unknown.substr(0, 5), "are left");
        row("a field that never ends", std::string(12, '\xFF'), "more than ten bytes");
        row("a piece twice", unknown + piece("a") + piece("a"), "piece 2: found 'a' again");
        row("two unknown pieces", unknown + piece("a", 2), "piece 1: found a second unknown piece");
        row("a piece without text", unknown + piece(""), "piece 1: found no text");
        row("a type that is none", unknown + piece("a", 7), "piece 1: found type 7");
        row("a score that is no number",
            unknown + message(1, message(1, "a") + field(2, 5, "\xFF\xFF\xFF\x7F")),
            "piece 1: found a score");
        row("a score of another kind", unknown + message(1, message(1, "a") + field(2, 0, "1")), "field 2");
        row("words", unknown + message(2, field(3, 0, "\x03")), "model_type Word");
        row("a table that lies", unknown + message(3, message(2, "\xFF\xFF\xFF\xFF")),
            "precompiled_charsmap");
    }
    void a_broken_file_is_refused() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, said);
        const Scratch scratch;
        scratch.write("tokenizer.model", bytes.toStdString());
        try {
            Tokenizer::from_folder(scratch.path(""));
            QFAIL("it was read");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find(said.toStdString()) != std::string::npos, error.what());
        }
    }

    void a_class_that_numbers_pieces_anew_is_refused() {
        const Scratch scratch;
        scratch.write("tokenizer.model", unknown);
        scratch.write("tokenizer_config.json", json_text("{'tokenizer_class': 'XLMRobertaTokenizer'}"));
        QVERIFY_THROWS_EXCEPTION(Error, Tokenizer::from_folder(scratch.path("")));
    }

    void a_text_of_a_megabyte_is_not_quadratic() {
        QElapsedTimer timer;
        timer.start();
        const std::string word(1 << 20, 'a');
        for (const char* name : {"sp_unigram_bytes", "sp_bpe_bytes", "unigram_bytes"})
            QCOMPARE(opened(name).decode(opened(name).encode(word)), word);
        QVERIFY2(timer.elapsed() < 20'000, "seconds in Debug; hours where merging is quadratic");
    }
};

QTEST_GUILESS_MAIN(SentencePieceTest)
#include "sentence_piece_test.moc"
