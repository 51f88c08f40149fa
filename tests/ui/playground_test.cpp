// The playground's numbers: what is typed is what the model is asked with, or is refused in words.

#include "tests/ui/window_fixture.h"

#include <QPushButton>

using namespace lora;

class PlaygroundTest : public QObject {
    Q_OBJECT

    static Generate asked(const WindowFixture& at) {
        for (const Command& each : at.script->attempted())
            if (const auto* generate = std::get_if<Generate>(&each)) return *generate;
        return {};
    }

private Q_SLOTS:
    void numbers_go_to_the_model_as_they_were_typed() {
        const WindowFixture at;
        at.open();
        at.type("temperature", u"0,715"_s);
        at.type("maxNewTokens", u"2*8"_s);
        at.type("generationSeed", u"77"_s);

        at.click("generate");

        QTRY_COMPARE(asked(at).max_new_tokens, 16);
        QCOMPARE(asked(at).temperature, 0.715);
        QCOMPARE(asked(at).seed, 77U);
    }

    void what_is_no_number_stays_and_is_refused_in_words_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("name");
        QTest::newRow("letters") << QByteArray("temperature") << u"warm"_s << u"Temperature"_s;
        QTest::newRow("below zero") << QByteArray("temperature") << u"-1"_s << u"Temperature"_s;
        QTest::newRow("too many") << QByteArray("maxNewTokens") << u"1e9"_s << u"Tokens"_s;
        QTest::newRow("a part of one") << QByteArray("maxNewTokens") << u"1.5"_s << u"Tokens"_s;
        QTest::newRow("a seed below zero") << QByteArray("generationSeed") << u"-3"_s << u"Seed"_s;
    }

    void what_is_no_number_stays_and_is_refused_in_words() {
        QFETCH(QByteArray, field);
        QFETCH(QString, typed);
        QFETCH(QString, name);
        const WindowFixture at;
        at.open();
        QVERIFY(at.find<QPushButton>("generate")->isEnabled());

        at.type(field.constData(), typed);

        QCOMPARE(at.find<QAbstractSpinBox>(field.constData())->text(), typed);
        QVERIFY(!at.find<QPushButton>("generate")->isEnabled());
        const QString hint = at.find<QLabel>("playgroundHint")->text();
        QVERIFY2(hint.contains(name), qPrintable(hint));
    }
};

QTEST_MAIN(PlaygroundTest)
#include "playground_test.moc"
