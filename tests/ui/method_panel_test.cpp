// The choice of a method in the window: what it shows, counts, refuses and starts.

#include "tests/ui/window_fixture.h"
#include "ui/elements/note.h"
#include "ui/plots/heat_map.h"
#include "ui/setup/method_chooser.h"
#include "ui/setup/savings_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

using namespace lora;

class MethodPanelTest : public QObject {
    Q_OBJECT

    static void choose(const WindowFixture& at, MethodKind method) {
        auto* chooser = at.find<MethodChooser>("method");
        chooser->setMethod(method);
        Q_EMIT chooser->activated(chooser->currentIndex());
    }

    static QString command(const WindowFixture& at) {
        return at.find<QPlainTextEdit>("equalCommand")->toPlainText();
    }
    /// Whether a person sees it once its section is open and in sight.
    static bool shown(const WindowFixture& at, const char* name) {
        const auto* widget = at.find<QWidget>(name);
        return widget->isVisibleTo(at.find<QWidget>("setup"));
    }

private Q_SLOTS:
    void every_method_can_be_chosen_and_says_what_it_does() {
        const WindowFixture at;
        at.open();
        for (const MethodKind kind : method_kinds()) {
            choose(at, kind);
            QCOMPARE(at.find<MethodChooser>("method")->currentText(), QString::fromStdString(title(kind)));
            QCOMPARE(at.find<Note>("methodAbout")->text(), QString::fromStdString(about(kind)));
            QVERIFY2(at.can("start"), name(kind).c_str());
            if (kind != MethodKind::Lora)
                QVERIFY2(command(at).contains(u" --method "_s + QString::fromStdString(name(kind))),
                    qPrintable(command(at)));
        }
    }

    void a_method_brings_its_own_fields_and_takes_away_what_it_has_not() {
        const WindowFixture at;
        at.open();
        QVERIFY(!shown(at, "loraplus-lr-ratio"));
        QVERIFY(shown(at, "rank") && shown(at, "init"));

        choose(at, MethodKind::LoraPlus);
        QVERIFY(shown(at, "loraplus-lr-ratio"));
        at.type("loraplus-lr-ratio", u"4"_s);
        QVERIFY(command(at).contains(u"--loraplus-lr-ratio 4"_s));

        choose(at, MethodKind::Subspace);
        QVERIFY(!shown(at, "loraplus-lr-ratio"));
        QVERIFY(shown(at, "subspace-dimension") && shown(at, "projection") && shown(at, "said"));
        QVERIFY(!shown(at, "rank") && !shown(at, "dropout"));
        at.type("subspace-dimension", u"200"_s);
        at.find<QCheckBox>("said")->click();
        QVERIFY(command(at).contains(u"--subspace-dimension 200 --said"_s));
        QVERIFY(!command(at).contains(u"loraplus"_s));

        choose(at, MethodKind::Lora);
        QVERIFY(!shown(at, "said") && shown(at, "rank"));
        QVERIFY(!command(at).contains(u"subspace"_s));
    }

    void the_savings_follow_the_method_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("trainable");
        // q and v of 30 layers at rank 8: A has 30 · 8 · (576 + 576) values, B 30 · 8 · (576 + 192).
        QTest::newRow("lora") << u"lora"_s << u"460,800"_s;
        QTest::newRow("lora-fa") << u"lora-fa"_s << u"184,320"_s;
        QTest::newRow("lora-xs") << u"lora-xs"_s << u"3,840"_s; // 60 · 8²
        QTest::newRow("uni-lora") << u"uni-lora"_s << u"1,000"_s;
        QTest::newRow("full") << u"full"_s << u"134,515,008"_s;
        QTest::newRow("subspace") << u"subspace"_s << u"1,000"_s;
    }
    void the_savings_follow_the_method() {
        QFETCH(QString, word);
        QFETCH(QString, trainable);
        const WindowFixture at;
        at.open();

        choose(at, method_kind(word.toStdString()));

        QVERIFY2(at.find<QLabel>("trainable")->text().contains(u"<b>"_s + trainable),
            qPrintable(at.find<QLabel>("trainable")->text()));
    }

    void full_fine_tuning_takes_everything_or_what_is_ticked() {
        const WindowFixture at;
        at.open();
        auto* preset = at.find<QComboBox>("targetPreset");
        QCOMPARE(preset->findData(u"everything"_s), -1);

        choose(at, MethodKind::Full);
        QCOMPARE(preset->currentData().toString(), u"everything"_s);
        QVERIFY(!command(at).contains(u"--targets"_s)); // full's own default

        preset->setCurrentIndex(preset->findData(u"mlp"_s));
        Q_EMIT preset->activated(preset->currentIndex());
        QVERIFY(command(at).contains(u"--targets mlp"_s));
        // gate, up and down of 30 layers: 30 · 3 · 576 · 1536
        QVERIFY(at.find<QLabel>("trainable")->text().contains(u"79,626,240"_s));

        choose(at, MethodKind::Lora);
        QCOMPARE(preset->findData(u"everything"_s), -1);
        QVERIFY(at.find<QLabel>("trainable")->text().contains(u"460,800"_s));
    }

    void a_tick_taken_off_leaves_all_linears_but_that() {
        const WindowFixture at;
        at.open();
        choose(at, MethodKind::Full);
        auto* table = at.find<QTableView>("targetTable");
        QTest::mouseClick(
            table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(0, 0)).center());

        QVERIFY(at.find<QComboBox>("targetPreset")->currentData().toString() != u"everything"_s);
        QVERIFY(command(at).contains(u"--targets"_s));
        QVERIFY(at.can("start"));
    }

    void what_does_not_go_together_is_refused_beside_its_field_before_the_start_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("reason");
        QTest::newRow("dropout with PiSSA")
            << u"pissa"_s << u"dropout"_s << u"with Method “PiSSA”: its start"_s;
        QTest::newRow("gaussian A with OLoRA") << u"olora"_s << u"init"_s << u"with Method “OLoRA”"_s;
        QTest::newRow("dropout with weights") << u"full"_s << u"dropout"_s << u"trains weights"_s;
        QTest::newRow("recomputing with weights")
            << u"subspace"_s << u"gradient-checkpointing"_s << u"trains weights"_s;
    }
    void what_does_not_go_together_is_refused_beside_its_field_before_the_start() {
        QFETCH(QString, word);
        QFETCH(QString, field);
        QFETCH(QString, reason);
        const WindowFixture at;
        at.open();
        if (field == "dropout"_L1) at.type("dropout", u"0.1"_s);
        if (field == "gradient-checkpointing"_L1)
            at.find<QCheckBox>("gradient-checkpointing")->setChecked(true);
        if (field == "init"_L1) {
            at.find<QComboBox>("init")->setCurrentIndex(1);
            Q_EMIT at.find<QComboBox>("init")->activated(1);
        }
        QVERIFY(at.can("start"));

        choose(at, method_kind(word.toStdString()));

        QVERIFY(!at.can("start"));
        const QByteArray note = "fault-" + field.toLatin1();
        QVERIFY(shown(at, note.constData()));
        QVERIFY2(at.find<Note>(note.constData())->text().contains(reason),
            qPrintable(at.find<Note>(note.constData())->text()));
        choose(at, MethodKind::Lora);
        QVERIFY(at.can("start"));
    }

    void a_full_run_is_started_and_its_result_is_not_saved_as_an_adapter() {
        const WindowFixture at;
        at.open();
        choose(at, MethodKind::Full);

        at.click("startButton");

        QTRY_VERIFY(at.isTold(u"The trained model is in"_s));
        QCOMPARE(at.script->method.load(), MethodKind::Full);
        QTRY_VERIFY(at.find<QPlainTextEdit>("adaptedText")->isEnabled());
        QVERIFY(!at.can("saveAdapter"));
        QVERIFY(at.action("saveAdapter")->toolTip().contains(u"trained weights, not an adapter"_s));
        QVERIFY(!at.can("mergeModel"));
    }

    void adaloras_ranks_are_in_the_map_as_they_move() {
        const WindowFixture at;
        at.open();
        choose(at, MethodKind::AdaLora);
        QVERIFY(shown(at, "adalora-init-r"));
        QVERIFY(at.find<QLabel>("scale")->text().contains(u"1.333"_s)); // 16 over 12

        at.click("startButton");

        QTRY_VERIFY(at.isTold(u"all 40 steps"_s));
        const auto* map = at.window->findChild<HeatMap*>();
        QCOMPARE(map->measure().key, "rank");
        QTRY_COMPARE(map->values().at(0, 0), std::optional(8.0)); // drawn once for all spectra of a turn
    }

    void a_run_on_the_weights_cannot_be_talked_to_before_its_end() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 10;
        const WindowFixture at(script);
        at.open();
        choose(at, MethodKind::Subspace);
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);

        QVERIFY(!at.find<QPushButton>("generate")->isEnabled());
        QVERIFY(at.find<Note>("playgroundHint")->text().contains(u"the model's own weights"_s));
    }
};

QTEST_MAIN(MethodPanelTest)
#include "method_panel_test.moc"
