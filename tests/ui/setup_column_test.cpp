// The set-up column: what is typed is what is stored, opening settings and starting them again is the same
// run, faults stand beside their field in the window's words, and every change can be taken back.

#include "engine/run_settings/setting.h"
#include "engine/settings/schema.h"
#include "tests/settings/awkward_settings.h"
#include "tests/ui/window_fixture.h"
#include "ui/elements/note.h"
#include "ui/elements/number_field.h"
#include "ui/setup/method_chooser.h"
#include "ui/setup/setting_editor.h"
#include "ui/setup/setup_column.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QWheelEvent>
#include <set>

using namespace lora;

Q_DECLARE_METATYPE(lora::Json)

class SetupColumnTest : public QObject {
    Q_OBJECT

    static SetupColumn* column(const WindowFixture& at) { return at.find<SetupColumn>("setup"); }
    static QString noteOf(const WindowFixture& at, const char* option) {
        return at.find<Note>(QByteArray("fault-").append(option).constData())->text();
    }

private Q_SLOTS:
    void settings_that_are_read_come_back_unchanged() {
        const WindowFixture at;
        at.open();
        for (const MethodKind method : {MethodKind::LoraPlus, MethodKind::Vera, MethodKind::Full}) {
            RunSettings awkward = awkward_settings();
            awkward.method = method;
            column(at)->read(awkward);
            QCOMPARE(column(at)->settings(), awkward);
        }
    }

    void every_setting_has_a_field_that_keeps_it() {
        SetupColumn setup;
        std::set<std::string> shown{"model", "device", "method", "lora.selection.targets",
            "lora.selection.layers"}; // these have fields of their own kind
        for (SettingEditor* editor : setup.findChildren<SettingEditor*>()) {
            const Setting& setting = editor->setting();
            const Json awkward = setting.get(awkward_settings());
            Json announced;
            connect(editor, &SettingEditor::edited, this,
                [&](const QString&, const Json& value) { announced = value; });
            editor->show(awkward);
            QVERIFY2(announced.is_null() && editor->unread().isEmpty(), setting.path.c_str());
            if (auto* number = editor->findChild<NumberField*>()) { // what it shows means the same when typed
                const QString text = number->text();
                number->selectAll();
                QTest::keyClick(number, Qt::Key_Delete);
                QTest::keyClicks(number, text);
                QVERIFY2(number->value() == awkward, qPrintable(text));
            }
            shown.insert(setting.path);
        }
        for (const Setting& setting : all_settings())
            QVERIFY2(shown.contains(setting.path), setting.path.c_str());
    }

    void what_is_typed_is_what_is_stored_data() {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("stored");
        QTest::newRow("a comma") << QByteArray("lr") << u"0,001"_s << u"--lr 0.001"_s;
        QTest::newRow("an exponent") << QByteArray("weight-decay") << u"1e-4"_s << u"--weight-decay 0.0001"_s;
        QTest::newRow("a high rank") << QByteArray("rank") << u"5000"_s << u"--rank 5000"_s;
        QTest::newRow("many digits") << QByteArray("clip") << u"0.123456"_s << u"--clip 0.123456"_s;
        QTest::newRow("an expression") << QByteArray("alpha") << u"2*12.5"_s << u"--alpha 25"_s;
        QTest::newRow("a share") << QByteArray("eval-split") << u"1.23"_s << u"--eval-split 0.0123"_s;
        QTest::newRow("64 bits") << QByteArray("seed") << u"18446744073709551615"_s
                                 << u"--seed 18446744073709551615"_s;
    }
    void what_is_typed_is_what_is_stored() {
        QFETCH(QByteArray, option);
        QFETCH(QString, text);
        QFETCH(QString, stored);
        const WindowFixture at;
        at.open();
        at.type(option.constData(), text);
        const QString command = at.find<QPlainTextEdit>("equalCommand")->toPlainText();
        QVERIFY2((command + u' ').contains(stored + u' '), qPrintable(command));
        QCOMPARE(at.find<NumberField>(option.constData())->text(), text);
    }

    void what_is_no_value_stays_and_is_told_beside_its_field_data() {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("note");
        QTest::newRow("no number") << QByteArray("lr") << u"fast"_s << u"“fast” is no number."_s;
        QTest::newRow("below zero") << QByteArray("lr") << u"-1"_s
                                    << u"Expected a number above 0, at most 1000000, found -1."_s;
        QTest::newRow("a rank of zero") << QByteArray("rank") << u"0"_s << u"Expected 1 to 65536, found 0."_s;
        QTest::newRow("too high") << QByteArray("rank") << u"100000"_s
                                  << u"Expected 1 to 65536, found 100000."_s;
        QTest::newRow("a huge alpha")
            << QByteArray("alpha") << u"1e308"_s << u"Expected a number above 0, found 1e308."_s;
        QTest::newRow("threads") << QByteArray("threads") << u"200000"_s
                                 << u"Expected 0 to 1024, found 200000."_s;
        QTest::newRow("nothing") << QByteArray("batch") << u" "_s << u"A number is missing."_s;
    }
    void what_is_no_value_stays_and_is_told_beside_its_field() {
        QFETCH(QByteArray, option);
        QFETCH(QString, text);
        QFETCH(QString, note);
        const WindowFixture at;
        at.open();
        const QString before = at.find<NumberField>(option.constData())->text();
        at.type(option.constData(), text);
        QCOMPARE(at.find<NumberField>(option.constData())->text(), text);
        QCOMPARE(noteOf(at, option.constData()), note);
        QVERIFY(!at.can("start"));
        at.type(option.constData(), before.isEmpty() ? u"0"_s : before);
        QVERIFY(at.can("start"));
        QVERIFY(noteOf(at, option.constData()).isEmpty());
    }

    void the_wheel_over_the_column_changes_no_setting() {
        const WindowFixture at;
        at.open();
        const RunSettings before = column(at)->settings();
        const auto turn = [](QWidget* field, Qt::KeyboardModifiers held) {
            const QPointF middle = field->rect().center();
            QWheelEvent event(middle, field->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton, held,
                Qt::NoScrollPhase, false);
            QApplication::sendEvent(field, &event);
        };
        for (QWidget* field : column(at)->findChildren<QWidget*>())
            if (qobject_cast<QComboBox*>(field) || qobject_cast<QAbstractSpinBox*>(field)) turn(field, {});
        QCOMPARE(column(at)->settings(), before);
        turn(at.find<QWidget>("rank"), Qt::ControlModifier);
        QVERIFY(column(at)->settings() != before);
    }

    void epochs_that_are_typed_take_the_place_of_steps() {
        const WindowFixture at;
        at.open();
        at.type("steps", u"300"_s);
        at.type("epochs", u"3"_s);
        QCOMPARE(at.find<NumberField>("steps")->text(), QString());
        QVERIFY(!column(at)->settings().training.steps.has_value());
    }

    void every_change_can_be_taken_back_and_made_again() {
        const WindowFixture at;
        at.open();
        const RunSettings first = column(at)->settings();
        at.type("lr", u"0,005"_s);
        at.type("rank", u"32"_s);
        auto* chooser = at.find<MethodChooser>("method");
        chooser->setMethod(MethodKind::Vera);
        Q_EMIT chooser->activated(chooser->currentIndex());
        const RunSettings last = column(at)->settings();

        QTest::keyClick(at.find<QWidget>("rank"), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(column(at)->settings().method, MethodKind::Lora);
        QCOMPARE(column(at)->settings().lora.rank, 32);
        at.action("undoSetup")->trigger();
        QCOMPARE(column(at)->settings().lora.rank, first.lora.rank);
        QCOMPARE(at.find<NumberField>("rank")->text(), QString::number(first.lora.rank));
        at.action("undoSetup")->trigger();
        QCOMPARE(column(at)->settings(), first);
        for (int i = 0; i < 3; ++i) at.action("redoSetup")->trigger();
        QCOMPARE(column(at)->settings(), last);
    }

    void every_control_says_what_it_is() {
        const WindowFixture at;
        for (QWidget* control : column(at)->findChildren<QWidget*>()) {
            const bool entry =
                qobject_cast<QComboBox*>(control) || qobject_cast<NumberField*>(control)
                || qobject_cast<QCheckBox*>(control)
                || (qobject_cast<QLineEdit*>(control) && !control->objectName().startsWith(u"qt_"_s));
            if (!entry) continue;
            QVERIFY2(!control->accessibleName().isEmpty(), qPrintable(control->objectName()));
            QVERIFY2(!control->toolTip().isEmpty(), qPrintable(control->objectName()));
        }
    }
};

QTEST_MAIN(SetupColumnTest)
#include "setup_column_test.moc"
