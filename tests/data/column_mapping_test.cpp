// What columns are, said by hand: roles, a template, and what does not go together.

#include "engine/data/column_mapping.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

/// The row that the columns make under a mapping, in a line.
std::string row_of(const std::string& columns, const std::string& row_template, const std::string& json) {
    const ColumnMapping mapping(columns, row_template);
    const Row row = read_row({1, "line 1", mapping.applied(Json::parse(json), "data: line 1")}, "data");
    return std::string(row.shape->key) + ": " + row.text + row.prompt + "|" + row.completion + "|"
           + row.label.value_or("");
}

std::string told_of_mapping(const std::string& columns, const std::string& row_template = "") {
    return message_of<Error>([&] { ColumnMapping(columns, row_template); });
}

} // namespace

class ColumnMappingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void columns_become_what_they_are_said_to_be_data() {
        QTest::addColumn<QString>("columns");
        QTest::addColumn<QString>("rowTemplate");
        QTest::addColumn<QString>("row");
        const auto row = [](const char* columns, const char* row_template, const char* read) {
            QTest::addRow("%s %s", columns, row_template)
                << QString::fromUtf8(columns) << QString::fromUtf8(row_template) << QString::fromUtf8(read);
        };
        row("ask=prompt, reply=completion", "", "prompt_completion: a|r|");
        row("ask = question,reply = answer", "", "question_answer: a|r|");
        row("ask=prompt,output=completion", "", "prompt_completion: a|o|");
        row("ask=instruction", "", "alpaca: a|o|");
        row("ask=text,n=label", "", "text: a||3");
        row("ask=text", "", "text: a||l");
        row("", "Q: {ask}\\nN: {n}", "text: Q: a\nN: 3||l");
        row("reply=completion", "{{{ask}}} is\\t", "prompt_completion: {a} is\t|r|");
    }
    void columns_become_what_they_are_said_to_be() {
        QFETCH(QString, columns);
        QFETCH(QString, rowTemplate);
        const std::string json =
            R"({"ask": "a", "reply": "r", "n": 3, "text": "t", "label": "l", "instruction": "i", "output": "o"})";
        QTEST(QString::fromStdString(row_of(columns.toStdString(), rowTemplate.toStdString(), json)), "row");
    }

    void what_no_mapping_can_mean_is_refused_data() {
        QTest::addColumn<QString>("columns");
        QTest::addColumn<QString>("rowTemplate");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* columns, const char* row_template, const char* message) {
            QTest::addRow("%s %s", columns, row_template)
                << QString::fromUtf8(columns) << QString::fromUtf8(row_template)
                << QString::fromUtf8(message);
        };
        row("ask", "", "{data.columns}: found 'ask', expected column=role");
        row("ask=prompt,", "", "found '', expected column=role");
        row("ask=nonsense", "", "found the role 'nonsense', expected prompt, completion, ");
        row("a=prompt,b=prompt", "", "found two columns as prompt");
        row("a=pair,b=pair", "", "found two columns as pair");
        row("", "no columns", "{data.row_template}: found a text without a {column}");
        row("", "{open", "a brace that is not closed");
        row("", "closed}", "a brace that closes nothing");
        row("", "{}", "braces without a name");
        row("", "{a}\\x", "a backslash before something else");
    }
    void what_no_mapping_can_mean_is_refused() {
        QFETCH(QString, columns);
        QFETCH(QString, rowTemplate);
        QFETCH(QString, message);
        const std::string said = told_of_mapping(columns.toStdString(), rowTemplate.toStdString());
        QVERIFY2(contains(said, message.toStdString()), said.c_str());
    }

    void a_row_that_does_not_fit_its_mapping_is_refused_with_its_place_data() {
        QTest::addColumn<QString>("columns");
        QTest::addColumn<QString>("rowTemplate");
        QTest::addColumn<QString>("message");
        QTest::newRow("absent") << "ask=text"
                                << ""
                                << "data: line 1: found no column 'ask', expected one of 'a', 'b', 'c', 'd'";
        QTest::newRow("alone") << "a=completion"
                               << ""
                               << "data: line 1: found 'completion' without what it goes with";
        QTest::newRow("null") << ""
                              << "{b}"
                              << "data: line 1: b: found nothing";
        QTest::newRow("idle") << "a=text,c=chosen,d=rejected"
                              << ""
                              << "found 'text' beside 'chosen' and 'rejected', expected one of them";
        QTest::newRow("twice") << "a=text"
                               << "{a}"
                               << "found 'text' by the template and by a column";
    }
    void a_row_that_does_not_fit_its_mapping_is_refused_with_its_place() {
        QFETCH(QString, columns);
        QFETCH(QString, rowTemplate);
        QFETCH(QString, message);
        const std::string said = message_of<Error>([&] {
            row_of(columns.toStdString(), rowTemplate.toStdString(),
                R"({"a": "x", "b": null, "c": "y", "d": "z"})");
        });
        QVERIFY2(contains(said, message.toStdString()), said.c_str());
    }

    void two_columns_are_a_pair_and_several_are_labels() {
        const ColumnMapping mapping("a=text,b=pair,x=label,y=label", "");
        const Json columns = mapping.applied(
            Json::parse(R"({"a": "one", "b": "two", "x": 0, "y": 1, "sentence": "s"})"), "data: line 1");
        const Row row = read_row({1, "line 1", columns}, "data");
        QCOMPARE(row.text, std::string("one"));
        QCOMPARE(row.pair.value_or(""), std::string("two"));
        QCOMPARE(row.label_columns, (std::vector<std::string>{"x", "y"}));
        QCOMPARE(row.labels, (std::vector<std::string>{"0", "1"}));
        QVERIFY(contains(mapping.words(), "'b' as pair, 'x' as label, 'y' as label"));
    }

    void a_mapping_is_told_in_words() {
        QCOMPARE(ColumnMapping("a=prompt,b=completion", "").words(),
            std::string("'a' as prompt, 'b' as completion"));
        QCOMPARE(
            ColumnMapping("b=completion", "{a}").words(), std::string("'b' as completion, and the template"));
    }
};

QTEST_GUILESS_MAIN(ColumnMappingTest)
#include "column_mapping_test.moc"
