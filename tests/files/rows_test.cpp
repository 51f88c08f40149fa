// Rows of dataset files: JSON Lines in every spelling, plain text, and what is neither.

#include "engine/error.h"
#include "engine/files/rows.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

Rows rows_of(const std::string& bytes, const std::string& name = "data.jsonl") {
    const Scratch scratch;
    return read_rows(scratch.write(name, bytes));
}

std::string refusal(const std::string& bytes, const std::string& name = "data.jsonl") {
    return message_of<Error>([&] { rows_of(bytes, name); });
}

} // namespace

class RowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_kind_of_line_is_read() {
        const Rows rows = rows_of(R"({"text": "one"}
{"prompt": "p", "completion": "c", "id": 7}
{"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a", "name": "x"}]}
)");
        QVERIFY(!rows.plain_text);
        QCOMPARE(rows.rows.size(), std::size_t{3});
        Row text, pair, chat;
        text.text = "one";
        text.line = 1;
        pair.kind = Row::Kind::PromptCompletion;
        pair.line = 2;
        pair.prompt = "p";
        pair.completion = "c";
        chat.kind = Row::Kind::Messages;
        chat.line = 3;
        chat.messages = {{"user", "u"}, {"assistant", "a"}};
        QVERIFY(rows.rows == (std::vector<Row>{text, pair, chat}));
    }

    void line_ends_marks_and_blank_lines_do_not_matter_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<qlonglong>("second");
        QTest::newRow("newlines") << QByteArray("{\"text\":\"a\"}\n{\"text\":\"b\"}\n") << 2LL;
        QTest::newRow("no last newline") << QByteArray("{\"text\":\"a\"}\n{\"text\":\"b\"}") << 2LL;
        QTest::newRow("CRLF") << QByteArray("{\"text\":\"a\"}\r\n{\"text\":\"b\"}\r\n") << 2LL;
        QTest::newRow("byte order mark")
            << QByteArray("\xef\xbb\xbf{\"text\":\"a\"}\n{\"text\":\"b\"}\n") << 2LL;
        QTest::newRow("blank lines") << QByteArray("\n{\"text\":\"a\"}\n\n \t\r\n{\"text\":\"b\"}\n\n")
                                     << 5LL;
    }
    void line_ends_marks_and_blank_lines_do_not_matter() {
        QFETCH(QByteArray, bytes);
        QFETCH(qlonglong, second);
        const Rows rows = rows_of(bytes.toStdString());
        QCOMPARE(rows.rows.size(), std::size_t{2});
        QCOMPARE(rows.rows[0].text, std::string("a"));
        QCOMPARE(rows.rows[1].text, std::string("b"));
        QCOMPARE(static_cast<qlonglong>(rows.rows[1].line), second);
    }

    void a_wrong_line_is_an_error_with_its_number_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* line, const char* message) {
            QTest::newRow(name) << QByteArray(line) << QString::fromUtf8(message);
        };
        row("cut off", "{\"text\": \"b", "data.jsonl: line 3, column");
        row("words", "hello", "data.jsonl: line 3, column");
        row("two objects", R"({"text": "b"} {"text": "c"})", "line 3, column");
        row("a comma after it", R"({"text": "b"},)", "line 3, column");
        row("a list", R"(["b"])", "line 3: found a list, expected a JSON object");
        row("no known key", R"({"Text": "b", "n": 1})",
            "line 3: found the keys 'Text', 'n', expected 'prompt' and 'completion', or 'messages', or "
            "'text'");
        row("no key", "{}", "line 3: found no keys");
        row("a prompt alone", R"({"prompt": "b"})", "line 3: found 'prompt' alone");
        row("a completion alone", R"({"completion": "b"})", "line 3: found the keys 'completion'");
        row("a null", R"({"text": null})", "line 3: found the keys 'text'");
        row("a number", R"({"text": 5})", "line 3: text: found 5, expected a string");
        row("a completion that is a list", R"({"prompt": "a", "completion": ["b"]})",
            "line 3: completion: found a list, expected a string");
        row("no messages", R"({"messages": []})", "line 3: messages: found an empty list");
        row("messages of words", R"({"messages": ["a"]})", "line 3: messages[0]: found");
        row("a message without content", R"({"messages": [{"role": "user"}]})",
            "line 3: messages[0]: content: found nothing");
        row("a key twice", R"({"text": "a", "text": "b"})", "line 3, column");
        row("not UTF-8", "{\"text\": \"\xff\"}", "line 3: found bytes that are not UTF-8 (at byte 24)");
    }
    void a_wrong_line_is_an_error_with_its_number() {
        QFETCH(QByteArray, line);
        QFETCH(QString, message);
        const std::string told =
            refusal("{\"text\":\"a\"}\n\n" + line.toStdString() + "\n{\"text\":\"d\"}\n");
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_line_nested_too_deep_is_refused() {
        const std::string deep =
            R"({"text": "a", "x": )" + std::string(100, '[') + std::string(100, ']') + "}";
        QVERIFY(contains(refusal(deep), "found deeper nesting, expected at most 64 levels"));
    }

    void a_file_without_anything_is_refused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << QByteArray("") << QStringLiteral("found an empty file");
        QTest::newRow("a mark alone") << QByteArray("\xef\xbb\xbf") << QStringLiteral("found an empty file");
        QTest::newRow("blank lines") << QByteArray(" \n\r\n\t") << QStringLiteral("nothing but blank lines");
        QTest::newRow("binary") << QByteArray("a\0b", 3) << QStringLiteral("a zero byte at byte 1");
    }
    void a_file_without_anything_is_refused() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        for (const char* name : {"data.jsonl", "data.txt"}) {
            const std::string told = refusal(bytes.toStdString(), name);
            QVERIFY2(contains(told, message.toStdString()), told.c_str());
        }
    }

    void plain_text_is_one_stream_without_its_mark() {
        const Rows rows = rows_of("\xef\xbb\xbfOnce,\r\n\nupon a time", "story.txt");
        QVERIFY(rows.plain_text);
        QCOMPARE(rows.stream, std::string("Once,\r\n\nupon a time"));
        QVERIFY(rows.rows.empty());
    }

    void json_lines_are_known_by_name_or_first_byte() {
        QVERIFY(!rows_of("{\"text\":\"a\"}", "data.txt").plain_text);
        QVERIFY(!rows_of("{\"text\":\"a\"}", "DATA.JSONL").plain_text);
        QVERIFY(!rows_of(" {\"text\":\"a\"}", "data.ndjson").plain_text);
        QVERIFY(contains(refusal("Once upon a time", "data.jsonl"), "line 1, column"));
        QVERIFY(contains(refusal("{\n\"text\":\"a\"}", "data.json"), "line 1, column"));
    }

    void one_json_list_is_not_taken_for_plain_text() {
        const std::string told = refusal("[\n {\"text\": \"a\"},\n {\"text\": \"b\"}\n]\n", "data.json");
        QVERIFY2(contains(told, "data.json: found one JSON list, expected JSON Lines"), told.c_str());
        QVERIFY(rows_of("[Chapter one]", "story.txt").plain_text);
    }

    void a_file_that_is_no_file_is_refused() {
        const Scratch scratch;
        QVERIFY_THROWS_EXCEPTION(Error, read_rows(scratch.path("absent.jsonl")));
        QVERIFY_THROWS_EXCEPTION(Error, read_rows(scratch.path("")));
    }
};

QTEST_GUILESS_MAIN(RowsTest)
#include "rows_test.moc"
