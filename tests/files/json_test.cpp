// JSON that nobody vouches for: limits, places, and typed fields.

#include "engine/error.h"
#include "engine/files/json.h"
#include "tests/files/scratch.h"

#include <QTest>

using namespace lora;

namespace {

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

std::string refusal(const std::string& text, JsonLimits limits = {}) {
    return message_of<Error>([&] { parse_json(text, "config.json", limits); });
}

} // namespace

class JsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keys_keep_the_order_of_the_file() {
        const Json json = parse_json(R"({"b": 1, "a": [true, null, "x"], "c": -2.5e3})", "f");
        QCOMPARE(json.dump(), std::string(R"({"b":1,"a":[true,null,"x"],"c":-2500.0})"));
    }

    void depth_is_limited() {
        QCOMPARE(refusal(nested(64)), std::string("nothing was thrown"));
        QVERIFY(contains(refusal(nested(65)), "config.json: line 1, column 65: found deeper nesting"));
        QVERIFY(contains(refusal(nested(1'000'000), {.size_bytes = 1 << 22}), "expected at most 64 levels"));
        QVERIFY(contains(refusal(nested(3), {.depth = 2}), "expected at most 2 levels"));
    }

    void size_is_limited() {
        const std::string text = "[" + std::string(100, ' ') + "]";
        QCOMPARE(refusal(text, {.size_bytes = 102}), std::string("nothing was thrown"));
        QVERIFY(
            contains(refusal(text, {.size_bytes = 101}), "found 102 bytes of JSON, expected at most 101"));
        const Scratch scratch;
        const std::string path = scratch.write("config.json", text);
        QVERIFY(
            contains(message_of<Error>([&] { read_json(path, {.size_bytes = 101}); }), "found 102 bytes"));
    }

    void values_that_take_more_here_than_in_the_file_are_limited() {
        const auto list_of = [](std::string_view value, std::size_t count) {
            std::string text = "[";
            for (std::size_t i = 0; i < count; ++i) text.append(value).append(",");
            text.back() = ']';
            return text;
        };
        const JsonLimits large{.size_bytes = 1 << 26};
        QVERIFY(contains(refusal(list_of("{}", (1 << 21) + 1), large), "found more objects and lists"));
        QVERIFY(contains(refusal(list_of("1", (1 << 23) + 1), large), "found more values"));
    }

    void what_is_no_json_is_refused_where_it_is_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const QByteArray& text, const char* message) {
            QTest::newRow(name) << text << QString::fromUtf8(message);
        };
        row("empty", "", "config.json: line 1, column 1");
        row("blank", " \n ", "config.json: line 2");
        row("a broken third line", "{\n\"a\": 1,\n\"b\": x\n}", "config.json: line 3, column 6");
        row("a key twice", R"({"a": 1, "b": {"a": 2}, "a": 3})", "found key 'a' a second time");
        row("two values", "{} {}", "line 1, column 4");
        row("a trailing comma", "[1,]", "line 1, column 4");
        row("a comment", "{} // x", "line 1, column 4");
        row("NaN", "[NaN]", "line 1, column 2");
        row("infinity", "[-Infinity]", "line 1");
        row("a number too large", "[1e999]", "line 1");
        row("a zero byte", QByteArray("[1]\0", 4), "found a zero byte");
        row("bytes that are not UTF-8", "[\"\xff\"]", "line 1");
        row("a control byte in a text", "[\"a\nb\"]", "line ");
        row("half a surrogate pair", R"(["\ud800"])", "line 1");
        row("a text without an end", "[\"abc", "line 1");
    }
    void what_is_no_json_is_refused_where_it_is() {
        QFETCH(QByteArray, text);
        QFETCH(QString, message);
        const std::string told = refusal(text.toStdString());
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_field_of_another_kind_says_so_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* key, const char* message) {
            QTest::newRow(key) << QString::fromUtf8(key) << QString::fromUtf8(message);
        };
        row("absent", "config.json: absent: found nothing, expected an integer from 1 to 100");
        row("null", "config.json: null: found nothing");
        row("text", "config.json: text: found \"5\", expected an integer");
        row("fraction", "config.json: fraction: found 5.5");
        row("float", "config.json: float: found 5.0");
        row("below", "config.json: below: found 0, expected an integer from 1 to 100");
        row("above", "config.json: above: found 101");
        row("huge", "config.json: huge: found 18446744073709551615");
        row("beyond", "config.json: beyond: found 1e+30");
        row("list", "config.json: list: found a list");
        row("bool", "config.json: bool: found true");
    }
    void a_field_of_another_kind_says_so() {
        QFETCH(QString, key);
        QFETCH(QString, message);
        const Json json = parse_json(R"({"null": null, "text": "5", "fraction": 5.5, "float": 5.0, "below": 0,
            "above": 101, "huge": 18446744073709551615, "beyond": 1e30, "list": [5], "bool": true})",
            "config.json");
        const JsonFields fields(json, "config.json");
        const std::string told = message_of<Error>([&] { fields.integer(key.toStdString(), 1, 100); });
        QVERIFY2(contains(told, message.toStdString()), told.c_str());
    }

    void a_number_above_int64_does_not_come_back_negative() {
        const Json json = parse_json(R"({"huge": 18446744073709551615})", "config.json");
        QVERIFY_THROWS_EXCEPTION(Error, JsonFields(json, "config.json").integer("huge", -10, 10));
    }

    void fields_are_read_by_their_kind() {
        const Json json = parse_json(
            R"({"n": 5, "x": 2.5, "yes": true, "s": "word", "list": ["a", "b"], "o": {"n": 6}, "null": null})",
            "f");
        const JsonFields fields(json, "f");
        QCOMPARE(fields.integer("n", 5, 5), 5);
        QCOMPARE(fields.integer_or("null", 7, 0, 9), 7);
        QCOMPARE(fields.number("n"), 5.0);
        QCOMPARE(fields.number_or("x", 0), 2.5);
        QCOMPARE(fields.boolean_or("yes", false), true);
        QCOMPARE(fields.string("s"), std::string("word"));
        QCOMPARE(fields.strings("list"), (std::vector<std::string>{"a", "b"}));
        QCOMPARE(fields.object("o").integer("n", 0, 9), 6);
        QVERIFY(fields.strings("absent").empty());
        QVERIFY(!fields.has("null"));
        QVERIFY_THROWS_EXCEPTION(Error, fields.number("s"));
        QVERIFY_THROWS_EXCEPTION(Error, fields.boolean_or("n", true));
        QVERIFY_THROWS_EXCEPTION(Error, fields.string("n"));
        QVERIFY_THROWS_EXCEPTION(Error, fields.strings("s"));
        QVERIFY_THROWS_EXCEPTION(Error, fields.object("list"));
        QVERIFY_THROWS_EXCEPTION(Error, JsonFields(json.at("list"), "f"));
    }
};

QTEST_GUILESS_MAIN(JsonTest)
#include "json_test.moc"
