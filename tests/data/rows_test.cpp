// Rows of dataset files: which format a file has, JSON in every spelling, shapes of rows, and what is none of
// these.

#include "engine/data/dataset_file.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"
#include "tests/data/rows_of.h"

#include <QTest>

using namespace lora;

namespace {

std::string format_of_file(const std::string& bytes, const std::string& name) {
    const Scratch scratch;
    return DatasetFile(scratch.write(name, bytes)).format().name;
}

Row row_of(const std::string& json) { return rows_of(json + "\n").at(0); }

} // namespace

class RowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void each_shape_of_row_is_read_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("completion");
        const auto row = [](const char* shape, const char* line, const char* prompt, const char* completion) {
            QTest::newRow(line) << QByteArray(line) << QString::fromUtf8(shape) << QString::fromUtf8(prompt)
                                << QString::fromUtf8(completion);
        };
        row("prompt_completion", R"({"prompt": "p", "completion": "c", "id": 7})", "p", "c");
        row("alpaca", R"({"instruction": "i", "input": "x", "output": "o", "text": "t"})", "i\n\nx", "o");
        row("alpaca", R"({"instruction": "i", "input": "", "output": "o"})", "i", "o");
        row("alpaca", R"({"instruction": "i", "output": "o"})", "i", "o");
        row("question_answer", R"({"question": "q", "answer": "a"})", "q", "a");
        row("chosen_rejected", R"({"prompt": "p", "chosen": "c", "rejected": "r"})", "p", "c");
    }
    void each_shape_of_row_is_read() {
        QFETCH(QByteArray, line);
        QFETCH(QString, shape);
        const Row row = row_of(line.toStdString());
        QCOMPARE(QString::fromUtf8(row.shape->key), shape);
        QTEST(QString::fromStdString(row.prompt), "prompt");
        QTEST(QString::fromStdString(row.completion), "completion");
        QVERIFY(row.text.empty() && row.chat.messages.empty());
    }

    void a_text_may_have_a_label_data() {
        QTest::addColumn<QByteArray>("label");
        QTest::addColumn<QString>("read");
        for (const auto& [label, read] : {std::pair{R"("label": "bad")", "bad"}, {R"("label": 3)", "3"},
                 {R"("label": -1.0)", "-1"}, {R"("label": true)", "1"}, {R"("label": false)", "0"},
                 {R"("labels": 2)", "2"}, {R"("label": null, "labels": 2)", "2"}, {R"("label": 0.5)", "-0.5"},
                 {R"("label": [1])", "-[1]"}, {R"("label": "")", "-\"\""}, {R"("label": 1e300)", "-1e+300"}})
            QTest::newRow(label) << QByteArray(label) << QString::fromUtf8(read);
    }
    void a_text_may_have_a_label() {
        QFETCH(QByteArray, label);
        const Row row = row_of(R"({"text": "a", )" + label.toStdString() + "}");
        QCOMPARE(row.text, std::string("a"));
        QTEST(QString::fromStdString(row.label.value_or("-" + row.no_label)), "read");
    }

    void chats_are_read_in_each_spelling_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("messages") << QByteArray(
            R"({"messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a", "name": "x"}]})");
        QTest::newRow("beside a prompt") << QByteArray(
            R"({"prompt": "u", "messages": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}]})");
        QTest::newRow("parts") << QByteArray(
            R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "u"}]}, {"role": "assistant", "content": "a"}]})");
        QTest::newRow("ShareGPT") << QByteArray(
            R"({"conversations": [{"from": "human", "value": "u"}, {"from": "gpt", "value": "a"}]})");
        QTest::newRow("prompt and completion") << QByteArray(
            R"({"prompt": [{"role": "user", "content": "u"}], "completion": [{"role": "assistant", "content": "a"}]})");
        QTest::newRow("chosen") << QByteArray(
            R"({"prompt": "u", "chosen": [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}], "rejected": []})");
    }
    void chats_are_read_in_each_spelling() {
        QFETCH(QByteArray, line);
        const Row row = row_of(line.toStdString());
        QVERIFY(row.kind == Row::Kind::Messages);
        QCOMPARE(row.chat.messages.size(), std::size_t{2});
        QCOMPARE(row.chat.messages[0]["role"].get<std::string>(), std::string("user"));
        const Json& content = row.chat.messages[0]["content"];
        QCOMPARE((content.is_array() ? content[0]["text"] : content).get<std::string>(), std::string("u"));
        QCOMPARE(row.chat.messages[1]["role"].get<std::string>(), std::string("assistant"));
        QCOMPARE(row.chat.messages[1]["content"].get<std::string>(), std::string("a"));
        QVERIFY(row.learned[1]);
    }

    void turns_can_be_kept_out_of_the_loss() {
        const Row row = row_of(
            R"({"messages": [{"role": "assistant", "content": "a", "weight": 0}, {"role": "assistant", "content": "b", "weight": 1}, {"role": "assistant", "content": "c", "train": false}]})");
        QVERIFY(!row.learned[0]);
        QVERIFY(row.learned[1]);
        QVERIFY(!row.learned[2]);
        const Row asked = row_of(
            R"({"prompt": [{"role": "assistant", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}]})");
        QVERIFY(!asked.learned[0]);
        QVERIFY(asked.learned[1]);
    }

    void columns_that_are_null_do_not_count() {
        const Row row = row_of(R"({"text": null, "prompt": "p", "completion": "c", "messages": null})");
        QCOMPARE(row.prompt, std::string("p"));
        QCOMPARE(row_of(R"({"text": "t", "prompt": null})").text, std::string("t"));
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
        const std::vector<Row> rows = rows_of(bytes.toStdString());
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].text, std::string("a"));
        QCOMPARE(rows[1].text, std::string("b"));
        QCOMPARE(static_cast<qlonglong>(rows[1].number), second);
        QCOMPARE(rows[1].place, "line " + std::to_string(second));
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
        row("an object over several lines", "{\n\"text\": \"b\"\n}", "line 3: found an object that goes on");
        row("a list", R"(["b"])", "line 3: found a list, expected a JSON object");
        row("no known column", R"({"Text": "b", "n": 1})",
            "line 3: found the columns 'Text', 'n', expected 'prompt' and 'completion', or 'messages', or "
            "'conversations', or 'chosen' and 'rejected', or 'instruction' and 'output', or 'question' and "
            "'answer', or 'text' and 'text_pair', or 'text'");
        row("no column", "{}", "line 3: found no columns");
        row("a prompt alone", R"({"prompt": "b"})",
            "line 3: found the columns 'prompt': no 'completion', expected 'prompt' and 'completion'");
        row("a completion alone", R"({"completion": "b"})",
            "line 3: found the columns 'completion': no 'prompt'");
        row("a question alone", R"({"question": "b"})",
            "no 'answer', expected 'question' and 'answer'; the shapes");
        row("a prompt beside a text", R"({"prompt": "b", "text": "c"})",
            "line 3: found 'prompt' beside 'text'");
        row("a null", R"({"text": null})", "line 3: found the columns 'text' (null): null as 'text'");
        row("a number", R"({"text": 5})", "line 3: text: found 5, expected a string");
        row("a completion that is a list", R"({"prompt": "a", "completion": ["b"]})",
            "line 3: completion: found a list, expected a string");
        row("no messages", R"({"messages": []})", "line 3: messages: found an empty list");
        row("messages of words", R"({"messages": ["a"]})", "line 3: messages[0]: found");
        row("a message without content", R"({"messages": [{"role": "user"}]})",
            "line 3: messages[0]: content: found nothing");
        row("a picture", R"({"messages": [{"role": "user", "content": [{"type": "image"}]}]})",
            "line 3: messages[0]: content: found a part of type 'image', expected text");
        row("calls under an old name",
            R"({"messages": [{"role": "assistant", "content": null, "function_call": {"name": "f"}}]})",
            "line 3: messages[0]: function_call: found a name of old, expected tool_calls");
        row("tools that are none", R"({"tools": [1], "messages": [{"role": "user", "content": "a"}]})",
            "line 3: tools: found [1], expected a list of objects");
        row("tools in a text that is no JSON",
            R"({"tools": "none", "messages": [{"role": "user", "content": "a"}]})", "line 3: tools");
        row("what the template is told already",
            R"({"chat_template_kwargs": {"messages": []}, "messages": [{"role": "user", "content": "a"}]})",
            "line 3: chat_template_kwargs: found 'messages'");
        row("a user's turn to train on", R"({"messages": [{"role": "user", "content": "a", "train": true}]})",
            "line 3: messages[0]: train: found true for a turn of 'user'");
        row("half a weight", R"({"messages": [{"role": "assistant", "content": "a", "weight": 0.5}]})",
            "line 3: messages[0]: weight: found 0.5, expected 0 or 1");
        row("a speaker that there is not", R"({"conversations": [{"from": "alien", "value": "a"}]})",
            "line 3: conversations[0]: from: found 'alien', expected human, gpt, system or tool");
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

    void a_line_nested_too_deep_or_too_long_is_refused() {
        const std::string deep =
            R"({"text": "a", "x": )" + std::string(100, '[') + std::string(100, ']') + "}";
        QVERIFY(contains(refusal(deep), "found deeper nesting, expected at most 64 levels"));
        const std::string told = refusal("{\"text\": \"" + std::string(17 << 20, 'a') + "\"}");
        QVERIFY2(contains(told, "data.jsonl: line 1: found a row of more than 16 MB"), told.c_str());
    }

    void two_texts_that_belong_together_are_a_pair_data() {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        for (const auto& [first, second] : {std::pair{"text", "text_pair"}, {"sentence1", "sentence2"},
                 {"premise", "hypothesis"}, {"question", "sentence"}, {"sentence_A", "sentence_B"}})
            QTest::newRow(first) << QByteArray(first) << QByteArray(second);
    }
    void two_texts_that_belong_together_are_a_pair() {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        const Row row = row_of(
            R"({")" + second.toStdString() + R"(": "b", ")" + first.toStdString() + R"(": "a", "label": 1})");
        QCOMPARE(row.text, std::string("a"));
        QCOMPARE(row.pair.value_or("none"), std::string("b"));
        QCOMPARE(row.label.value_or("none"), std::string("1"));
    }

    void several_labels_are_read_from_a_list_or_an_object() {
        const Row list = row_of(R"({"text": "a", "labels": ["x", 2, true, 0.5]})");
        QVERIFY(list.several && !list.label);
        QCOMPARE(list.labels, (std::vector<std::string>{"x", "2", "1", "0.5"}));
        const Row columns = row_of(R"({"text": "a", "label": {"b": 0, "a": 1}})");
        QCOMPARE(columns.label_columns, (std::vector<std::string>{"b", "a"}));
        QCOMPARE(columns.labels, (std::vector<std::string>{"0", "1"}));
        QVERIFY(!row_of(R"({"text": "a", "label": ["x", null]})").several);
        QVERIFY(row_of(R"({"text": "a", "label": []})").several);
    }

    void a_file_without_anything_is_refused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << QByteArray("") << QStringLiteral("found an empty file");
        QTest::newRow("a mark alone") << QByteArray("\xef\xbb\xbf") << QStringLiteral("found an empty file");
        QTest::newRow("blank lines") << QByteArray(" \n\r\n\t") << QStringLiteral("nothing but blank lines");
        QTest::newRow("binary") << QByteArray("a\0b", 3) << QStringLiteral("a zero byte at byte 1");
        QTest::newRow("UTF-16") << QByteArray("\xff\xfe"
                                              "a\0b\0",
            6) << QStringLiteral("found text in UTF-16");
        QTest::newRow("Parquet") << QByteArray("PAR1\0\0", 6)
                                 << QStringLiteral("found damaged or unreadable data");
        QTest::newRow("a pickle") << QByteArray("\x80\x04\x95")
                                  << QStringLiteral("found a pickle, which can run code and is never opened");
        QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08\0", 4)
                              << QStringLiteral("the end of the file in the middle of a gzip member");
    }
    void a_file_without_anything_is_refused() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        for (const char* name : {"data.jsonl", "data.json", "data.csv", "data.txt", "data.bin", "data"}) {
            const std::string told = refusal(bytes.toStdString(), name);
            QVERIFY2(contains(told, message.toStdString()), told.c_str());
            QVERIFY2(contains(told, name), told.c_str());
        }
    }

    void plain_text_is_one_stream_without_its_mark() {
        const Scratch scratch;
        DatasetFile file(scratch.write("story.txt", "\xef\xbb\xbfOnce,\r\n\nupon a time"));
        QVERIFY(file.is_plain_text());
        QCOMPARE(file.text(), std::string_view("Once,\r\n\nupon a time"));
    }

    void a_format_is_known_by_the_first_bytes_or_the_name_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("format");
        const auto row = [](const char* name, const char* bytes, const char* format) {
            QTest::addRow("%s %s", name, bytes)
                << QByteArray(bytes) << QString::fromUtf8(name) << QString::fromUtf8(format);
        };
        row("data.txt", "{\"text\":\"a\"}", "JSON Lines");
        row("DATA.JSONL", "{\"text\":\"a\"}", "JSON Lines");
        row("data.ndjson", " {\"text\":\"a\"}", "JSON Lines");
        row("data", "{ \"text\":\"a\"}", "JSON Lines");
        row("data.jsonl", "Once upon a time", "JSON Lines");
        row("data.json", "[\n {\"text\": \"a\"}]", "JSON list");
        row("data.jsonl", "\n[{\"text\": \"a\"}]", "JSON list");
        row("data.txt", "[{\"text\": \"a\"}]", "JSON list");
        row("story.txt", "[Chapter one]", "plain text");
        row("story.txt", "question,answer\na,b\n", "plain text");
        row("story.md", "{name}", "plain text");
        row("data.csv", "question,answer\na,b\n", "CSV");
        row("data.tsv", "text\tlabel\na\tb\n", "TSV");
        row("data.dat", "question,answer\na,b\n", "CSV");
        row("data.dat", "text\tlabel\na\tb\n", "TSV");
        row("notes", "Once upon a time, long ago.\nAnd so on.\n", "plain text");
    }
    void a_format_is_known_by_the_first_bytes_or_the_name() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, name);
        QTEST(QString::fromStdString(format_of_file(bytes.toStdString(), name.toStdString())), "format");
    }

    void a_table_without_known_titles_is_not_taken_for_a_text() {
        const std::string table = "a,b\n1,2\n3,4\n";
        const std::string told = refusal(table, "data.log");
        QVERIFY2(contains(told, "data.log: found what looks like a table"), told.c_str());
        QVERIFY2(contains(told, "one of .jsonl, .ndjson, .json, .csv, .tsv, .tab, .parquet, .pq, "
                                ".arrow, .feather, .txt, .text, .md, .gz, .zst"),
            told.c_str());
        QCOMPARE(format_of_file(table, "data.txt"), std::string("plain text"));
    }

    void the_rows_of_a_list_are_read_one_by_one() {
        const std::vector<Row> rows = rows_of("\xef\xbb\xbf[\n {\"text\": \"a]}\\\"\"},\n\n "
                                              "{\"text\":\n\"b\", \"x\": [{}, [1]]} ,{\"text\": \"c\"}\n]\n",
            "data.json");
        QCOMPARE(rows.size(), std::size_t{3});
        QCOMPARE(rows[0].text, std::string("a]}\""));
        QCOMPARE(rows[1].place, std::string("row 2 (line 4)"));
        QCOMPARE(rows[2].text, std::string("c"));
        QCOMPARE(rows[2].place, std::string("row 3 (line 5)"));
        QCOMPARE(rows[2].number, std::int64_t{3});
    }

    void a_wrong_list_is_an_error_with_its_place_data() {
        QTest::addColumn<QByteArray>("list");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* list, const char* message) {
            QTest::newRow(list) << QByteArray(list) << QString::fromUtf8(message);
        };
        row("[]", "line 1, column 2: found an empty list");
        row("[{\"text\": \"a\"}\n",
            "line 2, column 1: found the end of the file inside the row that begins in line 1");
        row("[{\"text\": \"a\"},\n{\"text\": \"a",
            "found the end of the file inside the row that begins in line 2");
        row("[{\"text\": \"a\"},]", "found ']' behind a comma");
        row("[{\"text\": \"a\"}] {}", "line 1, column 17: found more behind the list");
        row("[{\"text\": \"a\"} {\"text\": \"b\"}]", "line 1, column 16");
        row("[{\"text\": \"a\"},\n  {\"text\": nul}]", "line 2, column 15");
        row("[{\"text\": \"a\"},\n 5]", "row 2 (line 2): found 5, expected a JSON object");
        row("[{\"text\": \"a\"}, {\"text\": 5}]", "row 2 (line 1): text: found 5");
    }
    void a_wrong_list_is_an_error_with_its_place() {
        QFETCH(QByteArray, list);
        QFETCH(QString, message);
        const std::string told = refusal(list.toStdString(), "data.json");
        QVERIFY2(contains(told, "data.json: ") && contains(told, message.toStdString()), told.c_str());
    }

    void a_file_that_is_no_file_is_refused() {
        const Scratch scratch;
        QVERIFY_THROWS_EXCEPTION(Error, DatasetFile(scratch.path("absent.jsonl")));
        QVERIFY_THROWS_EXCEPTION(Error, DatasetFile(scratch.path("")));
    }
};

QTEST_GUILESS_MAIN(RowsTest)
#include "rows_test.moc"
