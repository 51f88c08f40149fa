// The field for numbers: what it understands, that it keeps what was typed, and what wheel and arrows do to
// it.

#include "ui/elements/number_field.h"
#include "ui/elements/wheel_guard.h"

#include <QComboBox>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <QtTest>
#include <limits>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

/// One notch over the widget's middle, as the mouse sends it; what scrolls above it gets what it does not
/// take.
void turnWheel(QWidget* widget, int notches, Qt::KeyboardModifiers held = {}) {
    const QPointF middle = widget->rect().center();
    QWheelEvent event(middle, widget->mapToGlobal(middle), {}, {0, 120 * notches}, Qt::NoButton, held,
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

} // namespace

class NumberFieldTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_is_typed_is_understood_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        const auto row = [](const char16_t* text, double value) {
            const QString words = QString::fromUtf16(text);
            QTest::newRow(qPrintable(words)) << words << value;
        };
        row(u"0.001", 0.001);
        row(u"0,001", 0.001);
        row(u"1e-4", 1e-4);
        row(u"2,5E3", 2500);
        row(u".5", 0.5);
        row(u"-1", -1);
        row(u"+3", 3);
        row(u"  7 ", 7);
        row(u"2*8", 16);
        row(u"1/3", 1.0 / 3);
        row(u"(1+2)*-4", -12);
        row(u"1e-3 / 4", 2.5e-4);
        row(u"10k", 10'000);
        row(u"1.5M", 1'500'000);
        row(u"12.345", 12.345);
    }
    void what_is_typed_is_understood() {
        QFETCH(QString, text);
        QFETCH(double, value);
        const NumberReading reading = readNumber(text, {});
        QVERIFY2(reading.why.isEmpty(), qPrintable(reading.why));
        QCOMPARE(reading.value.get<double>(), value);
    }

    void what_is_no_number_is_told_and_not_guessed_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("whole");
        for (const char16_t* text : {u"", u"abc", u"1e", u"1..2", u"1.2.3", u"2*", u"(1", u"1/0", u"nan",
                 u"inf", u"1,000", u"12,345,678", u"1,234.5"})
            QTest::addRow("number '%s'", qPrintable(QString::fromUtf16(text)))
                << QString::fromUtf16(text) << false;
        for (const char16_t* text : {u"1.5", u"1.000", u"1,000", u"1/3", u"99999999999999999999"})
            QTest::addRow("whole '%s'", qPrintable(QString::fromUtf16(text)))
                << QString::fromUtf16(text) << true;
    }
    void what_is_no_number_is_told_and_not_guessed() {
        QFETCH(QString, text);
        QFETCH(bool, whole);
        const NumberReading reading = readNumber(text, {whole, {}});
        QVERIFY(reading.value.is_null());
        QVERIFY(!reading.why.isEmpty());
    }

    void brackets_and_signs_without_end_are_no_number() {
        for (const QString& text : {QString(30'000, u'('), QString(30'000, u'-') + u'1'})
            QVERIFY(!readNumber(text, {}).why.isEmpty());
        QCOMPARE(readNumber(QString(50, u'(') + u'1' + QString(50, u')'), {}).value.get<double>(), 1.0);
    }

    void whole_numbers_of_64_bits_are_exact() {
        const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
        QCOMPARE(readNumber(u"18446744073709551615"_s, {true, {}}).value.get<std::uint64_t>(), most);
        QCOMPARE(readNumber(u"9007199254740993"_s, {true, {}}).value.get<std::int64_t>(), 9007199254740993);
        QCOMPARE(readNumber(u"1e6"_s, {true, {}}).value.get<std::int64_t>(), 1'000'000);
        QCOMPARE(numberText(most, {true, {}}), u"18446744073709551615"_s);
    }

    void a_unit_may_be_typed_and_per_cent_are_exact() {
        QCOMPARE(readNumber(u"256 tokens"_s, {true, u"tokens"_s}).value.get<int>(), 256);
        QCOMPARE(readNumber(u"1.23 %"_s, {false, u"%"_s}).value.get<double>(), 0.0123);
        QCOMPARE(readNumber(u"5"_s, {false, u"%"_s}).value.get<double>(), 0.05);
        QCOMPARE(numberText(0.0123, {false, u"%"_s}), u"1.23"_s);
        QCOMPARE(numberText(0.07, {false, u"%"_s}), u"7"_s);
    }

    void every_number_is_shown_as_text_that_says_it() {
        for (const double value : {1e-4, 12.345, 0.123456, 1.0 / 3, 5e-324, 1e22, -0.1, 0.0})
            QCOMPARE(readNumber(numberText(value, {}), {}).value.get<double>(), value);
    }

    void text_stays_as_it_was_typed() {
        NumberField field({}, {0, 1e9}, nullptr);
        QTest::keyClicks(&field, u"0,0010"_s);
        QCOMPARE(field.value().get<double>(), 0.001);
        field.setValue(0.001); // the same number, as the set-up gives it back
        QCOMPARE(field.text(), u"0,0010"_s);
        field.setValue(0.002);
        QCOMPARE(field.text(), u"0.002"_s);

        field.selectAll();
        QTest::keyClicks(&field, u"abc"_s);
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(field.text(), u"abc"_s);
        QVERIFY(!field.isUnderstood());
        QVERIFY(field.why().contains(u"abc"_s));
    }

    void nothing_is_clamped() {
        NumberField field({.whole = true}, {1, 65536}, nullptr);
        for (const QString& text : {u"100000"_s, u"0"_s, u"-5"_s}) {
            field.selectAll();
            QTest::keyClicks(&field, text);
            QTest::keyClick(&field, Qt::Key_Return);
            QCOMPARE(field.text(), text);
            QCOMPARE(field.value().get<int>(), text.toInt());
        }
    }

    void an_empty_field_says_what_it_means() {
        NumberField field({.whole = true}, {0, 100}, nullptr);
        field.setEmpty({}, u"3 % of the steps"_s);
        QVERIFY(field.isUnderstood() && field.value().is_null());
        field.setValue(7);
        QCOMPARE(field.text(), u"7"_s);
        field.setValue({});
        QCOMPARE(field.text(), QString());
    }

    void arrows_stop_at_the_range() {
        NumberField rank({.whole = true}, {1, 64, true}, nullptr);
        rank.setValue(8);
        QTest::keyClick(&rank, Qt::Key_Up);
        QCOMPARE(rank.value().get<int>(), 16);
        for (int i = 0; i < 5; ++i) QTest::keyClick(&rank, Qt::Key_Up);
        QCOMPARE(rank.value().get<int>(), 64);
        NumberField lr({}, {0, 1}, nullptr);
        lr.setValue(1e-3);
        QTest::keyClick(&lr, Qt::Key_Down);
        QCOMPARE(lr.value().get<double>(), 9e-4);
        QTest::keyClick(&lr, Qt::Key_Up);
        QTest::keyClick(&lr, Qt::Key_Up);
        QCOMPARE(lr.value().get<double>(), 2e-3);
    }

    void the_wheel_scrolls_the_column_and_changes_a_field_with_ctrl_alone() {
        QScrollArea area;
        const WheelGuard guard(&area);
        auto* column = new QWidget;
        auto* rows = new QVBoxLayout(column);
        auto* number = new NumberField({.whole = true}, {1, 100}, column);
        auto* words = new QComboBox(column);
        auto* slider = new QSlider(Qt::Horizontal, column);
        number->setValue(8);
        words->addItems({u"a"_s, u"b"_s, u"c"_s});
        words->setCurrentIndex(1);
        slider->setValue(50);
        for (QWidget* field : std::initializer_list<QWidget*>{number, words, slider}) rows->addWidget(field);
        rows->addSpacing(2000);
        area.setWidget(column);
        area.resize(300, 200);
        area.show();
        QVERIFY(QTest::qWaitForWindowExposed(&area));

        int at = 0;
        for (QWidget* field : std::initializer_list<QWidget*>{number, words, slider}) {
            turnWheel(field, -1);
            QVERIFY(area.verticalScrollBar()->value() > at);
            at = area.verticalScrollBar()->value();
        }
        QCOMPARE(number->value().get<int>(), 8);
        QCOMPARE(words->currentIndex(), 1);
        QCOMPARE(slider->value(), 50);

        for (QWidget* field : std::initializer_list<QWidget*>{number, words, slider})
            turnWheel(field, 1, Qt::ControlModifier);
        QCOMPARE(number->value().get<int>(), 9);
        QCOMPARE(words->currentIndex(), 0);
        QVERIFY(slider->value() > 50);
        QCOMPARE(area.verticalScrollBar()->value(), at);
    }
};

QTEST_MAIN(NumberFieldTest)
#include "number_field_test.moc"
