// Tokenizer files that were spoilt or made to cost time and memory: each is refused.

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/text/pattern.h"
#include "engine/text/tokenizer.h"

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

using namespace lora;

using Change = std::function<void(Json&)>;
Q_DECLARE_METATYPE(Change)

namespace {

/// JSON with single quotes, since moc loses its way in raw strings.
Json json_of(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return parse_json(text, "test");
}

/// A small valid tokenizer; each case spoils one field of it.
Json valid_tokenizer() {
    return json_of("{'added_tokens': [{'id': 4, 'content': '<end>', 'special': true, 'normalized': false}],"
                   " 'decoder': {'type': 'Fuse'}, 'model': {'type': 'BPE', 'merges': ['a b'],"
                   " 'vocab': {'a': 0, 'b': 1, 'ab': 2, '<0xZZ>': 3}}}");
}

Tokenizer opened(const QTemporaryDir& folder, const Json& json) {
    const std::string path = folder.path().toStdString();
    std::ofstream(path + "/tokenizer.json") << json.dump();
    return Tokenizer::from_folder(path);
}

Change set(const std::string& pointer, const char* value) {
    return [pointer, value](Json& json) { json[Json::json_pointer(pointer)] = json_of(value); };
}

} // namespace

class HostileTokenizerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_unspoilt_file_is_read() {
        const QTemporaryDir folder;
        const Tokenizer tokenizer = opened(folder, valid_tokenizer());
        QCOMPARE(tokenizer.encode("abx<end>"), (std::vector<TokenId>{2, 4}));
        QCOMPARE(tokenizer.size(), std::int64_t{5});
    }

    void a_link_to_itself_is_told_by_its_name_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"tokenizer.json", "tokenizer_config.json", "chat_template.jinja"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void a_link_to_itself_is_told_by_its_name() {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString(), link = path + "/" + name.toStdString();
        if (name != QStringLiteral("tokenizer.json"))
            std::ofstream(path + "/tokenizer.json") << valid_tokenizer().dump();
        std::filesystem::create_symlink(name.toStdString(), link);
        std::string told;
        try {
            Tokenizer::from_folder(path);
        } catch (const Error& error) {
            told = error.what();
        }
        QVERIFY2(told.starts_with(link + ": found "), told.c_str());
    }

    void a_spoilt_field_is_refused_with_its_place_data() {
        QTest::addColumn<Change>("spoil");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const Change& spoil, const char* said) {
            QTest::newRow(name) << spoil << QString::fromUtf8(said);
        };
        row("model type", set("/model/type", "'Unigram'"), "model: type: found 'Unigram'");
        row("word pieces without an unknown token", set("/model/type", "'WordPiece'"), "unk_token");
        row("negative id", set("/model/vocab/a", "-1"), "vocab: found an id of 'a'");
        row("huge id", set("/model/vocab/a", "99999999999"), "vocab: found an id of 'a'");
        row("id twice", set("/model/vocab/a", "1"), "id 1 for 'b' and for 'a'");
        row("id that is text", set("/model/vocab/a", "'0'"), "vocab: found an id of 'a'");
        row("merge of an unknown token", set("/model/merges", "['a b', 'a z']"),
            "merge 1: found the token 'z'");
        row("merge without its join", set("/model/merges", "['b a']"), "merge 0: found the token 'ba'");
        row("merge of three", set("/model/merges", "['a b c']"), "merge 0: found 'a b c'");
        row("merge that is a number", set("/model/merges", "[7]"), "merge 0");
        row("unknown token", set("/model/unk_token", "'<unk>'"), "unk_token: found '<unk>'");
        row("dropout", set("/model/dropout", "0.1"), "dropout");
        row("normalizer", set("/normalizer", "{'type': 'Nmt'}"), "normalizer: found type 'Nmt'");
        row("pre-tokenizer", set("/pre_tokenizer", "{'type': 'UnicodeScripts'}"),
            "found type 'UnicodeScripts'");
        row("frame without its tokens", set("/post_processor", "{'type': 'BertProcessing', 'cls': []}"),
            "post_processor: cls");
        row("decoder", set("/decoder", "{'type': 'CTC'}"), "decoder: found type 'CTC'");
        row("behaviour",
            set("/pre_tokenizer", "{'type': 'Split', 'pattern': {'Regex': 'a'}, 'behavior': 'Gone'}"),
            "behavior: found 'Gone'");
        row("expression",
            set("/pre_tokenizer", "{'type': 'Split', 'pattern': {'Regex': '(a'}, 'behavior': 'Isolated'}"),
            "found the expression '(a'");
        row("added token with another's id", set("/added_tokens/0/id", "1"), "found id 1 for '<end>'");
        row("added token with two ids", set("/added_tokens/0/content", "'a'"), "found id 4 for 'a'");
        row("added token with a negative id", set("/added_tokens/0/id", "-4"), "id");
    }

    void a_spoilt_field_is_refused_with_its_place() {
        QFETCH(Change, spoil);
        QFETCH(QString, said);
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        spoil(json);
        try {
            opened(folder, json);
            QFAIL("it was read");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find(said.toStdString()) != std::string::npos, error.what());
        }
    }

    void a_costly_expression_stops_at_its_limit() {
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        json["pre_tokenizer"] =
            json_of("{'type': 'Split', 'pattern': {'Regex': '(a+)+[cd]'}, 'behavior': 'Isolated'}");
        const Tokenizer tokenizer = opened(folder, json);
        QVERIFY_THROWS_EXCEPTION(Error, tokenizer.encode(std::string(64, 'a') + "b"));
    }

    void an_expression_that_is_costly_at_every_place_stops_within_seconds() {
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        json["pre_tokenizer"] =
            json_of("{'type': 'Split', 'pattern': {'Regex': '(?:\\\\w+)+[cd]'}, 'behavior': 'Isolated'}");
        const Tokenizer tokenizer = opened(folder, json);
        std::string text;
        for (int i = 0; i < 20'000; ++i) text += "abababababababab ";
        QElapsedTimer timer;
        timer.start();
        QVERIFY_THROWS_EXCEPTION(Error, tokenizer.encode(text));
        QVERIFY(timer.elapsed() < 60'000); // some 3 s of the processor; without a limit minutes
    }

    void matches_of_a_long_text_are_those_of_its_parts() {
        const Pattern words("\\p{L}+|\\d(?<=a\\d)|(?<=\\n)$", "test");
        const std::string part = "ab1 c2\xC3\xA4\xC3\xB6 3 ", gap(3000, '-');
        const std::vector<TextRange> of_part = words.matches(part);
        QVERIFY(of_part.size() > 2);
        std::string text;
        std::vector<TextRange> expected;
        for (int i = 0; i < 50; ++i) {
            for (const TextRange& each : of_part)
                expected.push_back({each.begin + text.size(), each.end + text.size()});
            text += part + (i % 3 == 0 ? gap : std::string(static_cast<std::size_t>(i), '.'));
        }
        QVERIFY(words.matches(text) == expected);
    }

    void steps_that_multiply_a_text_are_refused_data() {
        QTest::addColumn<QByteArray>("place");
        QTest::addColumn<QByteArray>("step");
        QTest::addColumn<QByteArray>("list");
        QTest::newRow("replacements")
            << QByteArray("normalizer")
            << QByteArray("{'type': 'Replace', 'pattern': {'String': 'a'}, 'content': 'aa'}")
            << QByteArray("normalizers");
        QTest::newRow("one long replacement")
            << QByteArray("normalizer")
            << "{'type': 'Replace', 'pattern': {'Regex': '[a-z]'}, 'content': '" + QByteArray(1 << 16, 'a')
                   + "'}"
            << QByteArray("normalizers");
        for (const char* split : {"true", "false"})
            QTest::addRow("spaces for a space, split %s", split)
                << QByteArray("pre_tokenizer")
                << QByteArray("{'type': 'Metaspace', 'replacement': '    ', 'split': ") + split + "}"
                << QByteArray("pretokenizers");
    }
    void steps_that_multiply_a_text_are_refused() {
        QFETCH(QByteArray, place);
        QFETCH(QByteArray, step);
        QFETCH(QByteArray, list);
        for (const int steps : {30, 50'000}) {
            const QTemporaryDir folder;
            Json json = valid_tokenizer();
            Json all = Json::array();
            for (int i = 0; i < steps; ++i) all.push_back(json_of(step.toStdString()));
            json[place.toStdString()] = {{"type", "Sequence"}, {list.toStdString(), all}};
            QVERIFY_THROWS_EXCEPTION(Error, opened(folder, json).encode("a b a b"));
            if (step.size() > 1000) return; // one is enough
        }
    }

    void a_short_text_may_become_a_longer_one() {
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        json["normalizer"] = json_of("{'type': 'NFKC'}");
        const Tokenizer tokenizer = opened(folder, json);
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += "\xEF\xB7\xBA"; // one letter that stands for 18
        QVERIFY(tokenizer.encode(text).empty());                  // none of which has a token
    }

    void a_byte_token_with_bad_digits_is_an_ordinary_token() {
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        json["model"]["byte_fallback"] = true;
        json["decoder"] = json_of("{'type': 'ByteFallback'}");
        const Tokenizer tokenizer = opened(folder, json);
        QCOMPARE(tokenizer.decode({3, 0}), std::string("<0xZZ>a"));
    }

    void a_million_marks_on_one_letter_are_normalized_in_time() {
        const QTemporaryDir folder;
        Json json = valid_tokenizer();
        json["normalizer"] = json_of("{'type': 'NFC'}");
        std::string text = "a";
        for (int i = 0; i < 200'000; ++i)
            text += "\xCC\x81\xCC\xA3"; // above, below: every pair is out of order
        QElapsedTimer timer;
        timer.start();
        opened(folder, json).encode(text);
        QVERIFY(timer.elapsed() < 10'000);
    }
};

QTEST_GUILESS_MAIN(HostileTokenizerTest)
#include "hostile_tokenizer_test.moc"
