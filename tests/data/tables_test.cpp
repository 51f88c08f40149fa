// Tables as dataset files: quotes, line ends and delimiters as spreadsheets and pandas write them, and what
// is wrong.

#include "tests/data/rows_of.h"

#include <QTest>

using namespace lora;

class TablesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quotes_hold_delimiters_quotes_and_line_breaks() {
        const std::vector<Row> rows =
            rows_of("prompt,completion\r\n\"Say \"\"hi\"\" in two lines\",\"hi\r\nhi\"\r\n\"Add 2, 3\",5\r\n",
                "t.csv");
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].prompt, std::string("Say \"hi\" in two lines"));
        QCOMPARE(rows[0].completion, std::string("hi\r\nhi"));
        QCOMPARE(rows[0].place, std::string("line 2"));
        QCOMPARE(rows[1].prompt, std::string("Add 2, 3"));
        QCOMPARE(rows[1].completion, std::string("5"));
        QCOMPARE(rows[1].place, std::string("line 4"));
    }

    void tables_are_read_as_programs_write_them_data() {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QString>("name");
        QTest::newRow("commas") << QByteArray("question,answer\na,b\n") << QStringLiteral("t.csv");
        QTest::newRow("a mark, no last newline")
            << QByteArray("\xef\xbb\xbfquestion,answer\r\na,b") << QStringLiteral("t.csv");
        QTest::newRow("semicolons") << QByteArray("question;answer\na;b\n") << QStringLiteral("t.csv");
        QTest::newRow("tabs") << QByteArray("question\tanswer\na\tb\n") << QStringLiteral("t.tsv");
        QTest::newRow("tabs, named .csv")
            << QByteArray("question\tanswer\na\tb\n") << QStringLiteral("t.csv");
        QTest::newRow("an index without a title")
            << QByteArray(",question,answer\n0,a,b\n") << QStringLiteral("t.csv");
        QTest::newRow("titles in capitals")
            << QByteArray("Answer, Question\nb,a\n") << QStringLiteral("T.CSV");
        QTest::newRow("blank lines") << QByteArray("\nquestion,answer\n\na,b\n\n") << QStringLiteral("t.csv");
        QTest::newRow("more columns")
            << QByteArray("id,question,answer,text\n1,a,b,\n") << QStringLiteral("t.csv");
        QTest::newRow("quoted titles")
            << QByteArray("\"question\",\"answer\"\n\"a\",\"b\"\n") << QStringLiteral("t.csv");
    }
    void tables_are_read_as_programs_write_them() {
        QFETCH(QByteArray, table);
        QFETCH(QString, name);
        const std::vector<Row> rows = rows_of(table.toStdString(), name.toStdString());
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(rows[0].prompt, std::string("a"));
        QCOMPARE(rows[0].completion, std::string("b"));
    }

    void columns_have_the_shapes_that_keys_have() {
        QCOMPARE(rows_of("text\nOnce upon a time\n", "t.csv").at(0).text, std::string("Once upon a time"));
        const Row labelled = rows_of("text,label\ngood,1\n", "t.csv").at(0);
        QCOMPARE(labelled.text, std::string("good"));
        QCOMPARE(labelled.label.value_or("none"), std::string("1"));
        const Row task = rows_of("instruction,input,output\ndo,this,done\n", "t.csv").at(0);
        QCOMPARE(task.prompt, std::string("do\n\nthis"));
        QCOMPARE(task.completion, std::string("done"));
    }

    void a_wrong_table_is_an_error_with_its_line_data() {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* table, const char* message) {
            QTest::newRow(table) << QByteArray(table) << QString::fromUtf8(message);
        };
        row("question,answer\na,b\na,b,c\n", "t.csv: line 3: found 3 cells, expected 2 as in the titles");
        row("question,answer\n\"a\nb\",c\nd\n", "t.csv: line 4: found 1 cells");
        row("question,answer\na,\"b\n", "t.csv: line 2: found a quote that opens a cell");
        row("question,answer\n\"a\" b,c\n", "t.csv: line 2: found text behind the quote that closes a cell");
        row("question,question\na,b\n", "t.csv: line 1: found the title 'question' a second time");
        row("q,a\nb,c\n",
            "t.csv: line 2: found the columns 'q', 'a', expected 'prompt' and 'completion', or");
        row("question,reply\nb,c\n", "t.csv: line 2: found the columns 'question', 'reply': no 'answer'");
    }
    void a_wrong_table_is_an_error_with_its_line() {
        QFETCH(QByteArray, table);
        QFETCH(QString, message);
        const std::string told = refusal(table.toStdString(), "t.csv");
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_quote_that_is_never_closed_ends_in_an_error_not_in_memory() {
        const std::string told = refusal("text\n\"" + std::string(17 << 20, 'a') + "\"\n", "t.csv");
        QVERIFY2(contains(told, "t.csv: line 2: found a row of more than 16 MB"), told.c_str());
    }
};

QTEST_GUILESS_MAIN(TablesTest)
#include "tables_test.moc"
