// The set-up column: what is typed is what is stored, opening settings and starting them again is the same
// run, faults stand beside their field in the window's words, and every change can be taken back.

#include "engine/run_settings/setting.h"
#include "engine/settings/schema.h"
#include "tests/settings/awkward_settings.h"
#include "tests/smollm2_shapes.h"
#include "ui/elements/note.h"
#include "ui/elements/number_field.h"
#include "ui/elements/wheel_guard.h"
#include "ui/setup/method_chooser.h"
#include "ui/setup/setting_editor.h"
#include "ui/setup/setup_column.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QWheelEvent>
#include <QtTest>
#include <set>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

/// The column with a model and data, as a person sees it before the start.
class Column {
public:
    Column() {
        RunSettings settings;
        settings.model = "model";
        settings.data.train = "train.jsonl";
        setup.setModel(std::make_shared<const ModelSummary>(smollm2()));
        setup.read(settings);
        auto data = std::make_shared<DatasetSummary>();
        data->samples = 10;
        data->lengths = {{5, 1}, {10, 1}, {20, 1}};
        DatasetLoaded loaded;
        loaded.train = data;
        setup.setDataset(loaded);
        setup.resize(400, 700);
        setup.show();
    }

    template <class T>
    T* find(const char* name) const {
        T* found = setup.findChild<T*>(QLatin1StringView(name));
        if (!found) qFatal("no widget is named %s", name);
        return found;
    }
    /// Text into a field in place of what is there, key by key.
    void type(const char* name, const QString& text) const {
        auto* field = find<NumberField>(name);
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }
    void choose(MethodKind method) const {
        auto* chooser = find<MethodChooser>("method");
        chooser->setMethod(method);
        Q_EMIT chooser->activated(chooser->currentIndex());
    }
    QString note(const QByteArray& option) const {
        return find<Note>(("fault-" + option).constData())->text();
    }
    QString command() const { return find<QPlainTextEdit>("equalCommand")->toPlainText(); }
    bool isSound() const { return setup.status().sound; }

    SetupColumn setup;
};

} // namespace

class SetupColumnTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void data_that_cannot_be_read_say_why_until_others_are_read() {
        Column at;
        at.setup.refuseDataset(u"pairs.csv, line 1: columns <a> and b; expected question and answer"_s);
        const auto* counts = at.find<Note>("dataCounts");
        QVERIFY2(counts->text().contains(u"columns &lt;a&gt; and b"_s), qPrintable(counts->text()));
        QVERIFY(!at.setup.status().dataset);
        at.setup.setDataset({});
        QCOMPARE(counts->text(), u"No dataset is read."_s);
    }

    void settings_that_are_read_come_back_unchanged() {
        Column at;
        for (const MethodKind method : {MethodKind::LoraPlus, MethodKind::Vera, MethodKind::Full}) {
            RunSettings awkward = awkward_settings();
            awkward.method = method;
            at.setup.read(awkward);
            QCOMPARE(at.setup.settings(), awkward);
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
            const auto heard = connect(editor, &SettingEditor::edited, this,
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
            disconnect(heard);
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
        Column at;
        at.type(option.constData(), text);
        QVERIFY2((at.command() + u' ').contains(stored + u' '), qPrintable(at.command()));
        QCOMPARE(at.find<NumberField>(option.constData())->text(), text);
    }

    void what_is_no_value_stays_and_is_told_beside_its_field_data() {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("note");
        QTest::newRow("no number") << QByteArray("lr") << u"fast"_s << u"“fast” is no number."_s;
        QTest::newRow("below zero") << QByteArray("lr") << u"-1"_s
                                    << u"Expected a number above 0, found -1."_s;
        QTest::newRow("a rank of zero") << QByteArray("rank") << u"0"_s << u"Expected 1 to 65536, found 0."_s;
        QTest::newRow("too high") << QByteArray("rank") << u"100000"_s
                                  << u"Expected 1 to 65536, found 100000."_s;
        QTest::newRow("a huge alpha") << QByteArray("alpha") << u"1e308"_s
                                      << u"Expected a number above 0, at most 1000000000, found 1e308."_s;
        QTest::newRow("threads") << QByteArray("threads") << u"200000"_s
                                 << u"Expected 0 to 1024, found 200000."_s;
        QTest::newRow("nothing") << QByteArray("batch") << u" "_s << u"A number is missing."_s;
    }
    void what_is_no_value_stays_and_is_told_beside_its_field() {
        QFETCH(QByteArray, option);
        QFETCH(QString, text);
        QFETCH(QString, note);
        Column at;
        const QString before = at.find<NumberField>(option.constData())->text();
        at.type(option.constData(), text);
        QCOMPARE(at.find<NumberField>(option.constData())->text(), text);
        QCOMPARE(at.note(option), note);
        QVERIFY(!at.isSound());
        at.type(option.constData(), before.isEmpty() ? u"0"_s : before);
        QVERIFY(at.isSound());
        QVERIFY(at.note(option).isEmpty());
    }

    void what_does_not_go_with_the_method_is_told_in_the_windows_words() {
        Column at;
        at.type("dropout", u"0.1"_s);
        at.choose(MethodKind::Pissa);
        QCOMPARE(at.note("dropout"),
            u"Expected 0 with Method “PiSSA”: its start is held as half of the update and must "
            "cancel exactly, found 0.1."_s);
        QVERIFY(!at.isSound());
        at.choose(MethodKind::Lora);
        QVERIFY(at.isSound());
    }

    void the_wheel_over_the_column_changes_no_setting() {
        Column at;
        const WheelGuard guard(&at.setup);
        const RunSettings before = at.setup.settings();
        const auto turn = [](QWidget* field, Qt::KeyboardModifiers held) {
            const QPointF middle = field->rect().center();
            QWheelEvent event(middle, field->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton, held,
                Qt::NoScrollPhase, false);
            QApplication::sendEvent(field, &event);
        };
        for (QWidget* field : at.setup.findChildren<QWidget*>())
            if (qobject_cast<QComboBox*>(field) || qobject_cast<QAbstractSpinBox*>(field)) turn(field, {});
        QCOMPARE(at.setup.settings(), before);
        turn(at.find<QWidget>("rank"), Qt::ControlModifier);
        QVERIFY(at.setup.settings() != before);
    }

    void epochs_that_are_typed_take_the_place_of_steps() {
        Column at;
        at.type("steps", u"300"_s);
        at.type("epochs", u"3"_s);
        QCOMPARE(at.find<NumberField>("steps")->text(), QString());
        QVERIFY(!at.setup.settings().training.steps.has_value());
    }

    void every_change_can_be_taken_back_and_made_again() {
        Column at;
        const RunSettings first = at.setup.settings();
        at.type("lr", u"0,005"_s);
        at.type("rank", u"32"_s);
        at.choose(MethodKind::Vera);
        const RunSettings last = at.setup.settings();

        at.find<QAction>("undoSetup")->trigger();
        QCOMPARE(at.setup.settings().method, MethodKind::Lora);
        QCOMPARE(at.setup.settings().lora.rank, 32);
        at.find<QAction>("undoSetup")->trigger();
        QCOMPARE(at.setup.settings().lora.rank, first.lora.rank);
        QCOMPARE(at.find<NumberField>("rank")->text(), QString::number(first.lora.rank));
        at.find<QAction>("undoSetup")->trigger();
        QCOMPARE(at.setup.settings(), first);
        for (int i = 0; i < 3; ++i) at.find<QAction>("redoSetup")->trigger();
        QCOMPARE(at.setup.settings(), last);
    }

    void every_control_says_what_it_is() {
        const Column at;
        for (QWidget* control : at.setup.findChildren<QWidget*>()) {
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
