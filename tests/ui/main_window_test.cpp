// The window as a person uses it, on the scripted engine.

#include "tests/ui/window_fixture.h"
#include "ui/elements/note.h"
#include "ui/elements/theme.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/window/quit_signals.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <csignal>

using namespace lora;

class MainWindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_first_start_has_the_model_and_the_sample_ready() {
        const WindowFixture at;

        at.open();

        QVERIFY(at.find<QLineEdit>("modelPath")->text().endsWith(u"SmolLM2-135M-Instruct.Q4_1.gguf"_s));
        QVERIFY(at.find<QLineEdit>("data")->text().endsWith(u"sample.jsonl"_s));
        QVERIFY(at.find<QPushButton>("startButton")->isEnabled());
        QVERIFY(at.find<QLabel>("trainable")->text().contains(u"460,800"_s));
    }

    void without_the_model_the_hint_says_what_to_do() {
        const WindowFixture at;
        QVERIFY(QDir(at.folder.path() + u"/models"_s).removeRecursively());

        at.window->begin();

        QVERIFY(!at.can("start"));
        QVERIFY(!at.find<QLabel>("startHint")->text().isEmpty());
        QCOMPARE(at.script->loads.load(), 0);
    }

    void presets_and_a_range_of_layers_count_as_peft_does_data() {
        QTest::addColumn<int>("preset");
        QTest::addColumn<QString>("layers");
        QTest::addColumn<QString>("trainable");
        // r · (in + out): q 8 · 1152 = 9,216 and v 8 · 768 = 6,144 a layer; all seven 81,408.
        QTest::newRow("q and v") << 0 << QString() << u"460,800"_s;
        QTest::newRow("all linear") << 3 << QString() << u"2,442,240"_s;
        QTest::newRow("q and v of two layers") << 0 << u"0,29"_s << u"30,720"_s;
        QTest::newRow("all linear of ten layers") << 3 << u"10-19"_s << u"814,080"_s;
    }

    void presets_and_a_range_of_layers_count_as_peft_does() {
        QFETCH(int, preset);
        QFETCH(QString, layers);
        QFETCH(QString, trainable);
        const WindowFixture at;
        at.open();

        auto* box = at.find<QComboBox>("targetPreset");
        box->setCurrentIndex(preset);
        Q_EMIT box->activated(preset);
        QTest::keyClicks(at.find<QLineEdit>("targetLayers"), layers);

        QVERIFY2(at.find<QLabel>("trainable")->text().contains(trainable),
            qPrintable(at.find<QLabel>("trainable")->text()));
    }

    void the_memory_of_a_run_is_told_before_its_start_and_follows_the_settings() {
        const WindowFixture at;
        at.open();
        const auto* memory = at.find<QLabel>("memoryEstimate");
        const QString before = memory->text();
        QVERIFY2(before.contains(u"1.2"_s) && before.contains(u" GB"_s), qPrintable(before));

        at.type("batch", u"64"_s);

        QVERIFY(memory->text() != before);
        QVERIFY(memory->toolTip().contains(u"Optimizer 3.69 MB"_s)); // two moments of 460,800 in float32
    }

    void the_effective_scale_follows_rank_and_alpha() {
        const WindowFixture at;
        at.open();

        at.type("rank", u"64"_s);

        QVERIFY(at.find<QLabel>("scale")->text().contains(u"0.25"_s));
        QVERIFY(at.find<QPlainTextEdit>("equalCommand")->toPlainText().contains(u"--rank 64"_s));
    }

    void one_click_trains_to_the_end_and_every_step_is_in_the_plot() {
        const WindowFixture at;
        at.open();

        at.click("startButton");

        QTRY_VERIFY(at.isTold(u"all 40 steps"_s));
        QCOMPARE(at.script->starts.load(), 1);
        const LossPlot* loss = at.window->findChild<LossPlot*>();
        QCOMPARE(loss->curve().steps().size(), 40U);
        QCOMPARE(loss->frame()->plot()->graph(0)->data()->size(), 40);
        QVERIFY(at.can("start"));
    }

    void the_time_of_each_phase_is_told_while_it_trains() {
        const WindowFixture at;
        at.open();

        at.click("startButton");

        QTRY_VERIFY(at.isTold(u"all 40 steps"_s));
        const auto* phases = at.find<QTreeWidget>("profileView");
        QCOMPARE(phases->topLevelItemCount(), 2); // the two that the script spends time in
        QCOMPARE(phases->topLevelItem(0)->text(1), u"25.0 %"_s);
        QCOMPARE(phases->topLevelItem(1)->text(1), u"75.0 %"_s);
        QCOMPARE(phases->topLevelItem(1)->text(3), u"40"_s);
    }

    void five_thousand_steps_are_all_kept() {
        auto script = std::make_shared<FakeScript>();
        script->total_steps = 5000;
        const WindowFixture at(script);
        at.open();

        at.click("startButton");

        QTRY_VERIFY_WITH_TIMEOUT(at.isTold(u"5000"_s), 30'000);
        const LossPlot* loss = at.window->findChild<LossPlot*>();
        QCOMPARE(loss->curve().steps().size(), 5000U);
        QVERIFY(loss->frame()->plot()->graph(0)->data()->size() < 5000);
    }

    void a_click_into_the_map_selects_that_linear() {
        const WindowFixture at;
        at.open();
        at.click("startButton");
        QTRY_VERIFY(at.isTold(u"finished"_s));
        const auto* map = at.window->findChild<HeatMap*>();
        QTRY_VERIFY(map->values().at(17, 2)); // drawn once for all spectra of a turn

        const LayerGrid::Cell cell{17, 2}; // v_proj of block 17
        QTest::mouseClick(map->frame()->plot(), Qt::LeftButton, {}, map->centreOf(cell).toPoint());

        QCOMPARE(at.find<QComboBox>("spectrumPath")->currentData().toString(),
            u"model.layers.17.self_attn.v_proj"_s);
    }

    void a_paused_run_can_be_talked_to_and_goes_on() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 10;
        const WindowFixture at(script);
        at.open();
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);

        QVERIFY(at.find<QPushButton>("generate")->isEnabled());
        at.click("generate");
        QTRY_VERIFY(at.find<QPlainTextEdit>("adaptedText")->toPlainText().contains(u"lamp"_s));
        at.action("resume")->trigger();

        QTRY_VERIFY(at.isTold(u"all 40 steps"_s));
    }

    void a_refused_model_is_told_in_full_and_the_program_goes_on() {
        auto script = std::make_shared<FakeScript>();
        script->refuse_model = "/models/odd: architecture: found Falcon, expected one of llama";
        const WindowFixture at(script);

        at.window->begin();

        QTRY_VERIFY(at.isTold(QString::fromStdString(script->refuse_model)));
        QCOMPARE(at.find<QProgressBar>("progressBar")->value(), 0);
        QVERIFY(at.can("openGguf"));
        QVERIFY(!at.can("start"));
    }

    void a_run_that_fails_is_told_and_can_be_started_anew() {
        auto script = std::make_shared<FakeScript>();
        script->fail_at_step = 3;
        const WindowFixture at(script);
        at.open();

        at.click("startButton");

        QTRY_VERIFY(at.isTold(u"found a loss of nan"_s));
        QVERIFY(at.can("start"));
        QVERIFY(at.can("saveAdapter"));
    }

    void cut_samples_are_shown_before_the_start() {
        auto script = std::make_shared<FakeScript>();
        script->cut = 7;
        const WindowFixture at(script);

        at.open();

        QVERIFY(at.find<QLabel>("dataWarnings")->text().contains(u"7 samples"_s));
    }

    void a_dataset_that_cannot_be_read_leaves_no_counts_of_the_one_before() {
        auto script = std::make_shared<FakeScript>();
        script->refuse_data = "/data/broken.jsonl";
        const WindowFixture at(script);
        at.open();

        auto* path = at.find<QLineEdit>("data");
        path->selectAll();
        QTest::keyClicks(path, u"/data/broken.jsonl"_s);
        QTest::keyClick(path, Qt::Key_Return);

        QTRY_VERIFY(at.isTold(u"/data/broken.jsonl: line 1"_s));
        QVERIFY(!at.can("start"));
        QVERIFY(!at.find<QLabel>("dataCounts")->text().contains(u"380"_s));
    }

    void a_run_that_was_stopped_can_go_on_from_where_one_is() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 10;
        const WindowFixture at(script);
        at.open();
        QVERIFY(!at.can("resume"));
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);

        at.action("stop")->trigger();
        QTRY_COMPARE(at.stateWord(), u"Ready"_s);
        QVERIFY(at.can("resume"));
        at.action("resume")->trigger();

        const auto resumed = [&] {
            const auto asked = script->attempted();
            const auto* last = std::get_if<ResumeRun>(&asked.back());
            return last && last->folder.find("sample") != std::string::npos;
        };
        QTRY_VERIFY(resumed());
    }

    void closing_during_a_run_asks_then_stops_and_saves() {
        auto script = std::make_shared<FakeScript>();
        script->total_steps = 100'000;
        script->step_wait_ms = 1;
        const WindowFixture at(script);
        at.open();
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Running"_s);

        at.window->close();
        QVERIFY(at.window->isVisible());
        auto* question = at.find<QMessageBox>("closeQuestion");
        QTest::mouseClick(question->buttons().constFirst(), Qt::LeftButton);

        QTRY_VERIFY(!at.window->isVisible());
        QCOMPARE(at.script->stops.load(), 1);
    }

    void a_signal_to_end_stops_saves_and_closes_without_a_question() {
        auto script = std::make_shared<FakeScript>();
        script->total_steps = 100'000;
        script->step_wait_ms = 1;
        const WindowFixture at(script);
        at.open();
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Running"_s);
        const QuitSignals quit;
        connect(&quit, &QuitSignals::asked, at.window.get(), &MainWindow::leave);

        QCOMPARE(std::raise(SIGTERM), 0);

        QTRY_VERIFY(!at.window->isVisible());
        QCOMPARE(at.script->stops.load(), 1);
        QVERIFY(!at.window->findChild<QMessageBox*>(u"closeQuestion"_s));
    }

    void the_title_names_the_run_in_sight() {
        const WindowFixture at;
        at.open();
        QCOMPARE(at.window->windowTitle(), u"LoRA Workbench"_s);
        at.click("startButton");
        QTRY_VERIFY(at.window->windowTitle().contains(u"sample"_s));
    }

    void themes_change_while_banners_show() {
        auto script = std::make_shared<FakeScript>();
        script->refuse_model = "a model that is not there";
        const WindowFixture at(script);
        at.window->begin();
        QTRY_VERIFY(!at.banners().isEmpty());

        for (const char* theme : {"theme-dark", "theme-light", "theme-dark"}) {
            at.action(theme)->trigger();
            QTest::qWait(0);
            at.window->grab();
        }

        const QPalette palette = at.find<QLabel>("bannerText")->palette();
        QVERIFY(
            palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness());
    }

    void an_opened_run_shows_its_losses_and_offers_to_resume() {
        const WindowFixture at;
        at.open();
        QDir().mkpath(at.folder.path() + u"/runs/one"_s);
        QFile file(at.folder.path() + u"/runs/one/run.json"_s);
        QVERIFY(file.open(QFile::WriteOnly));
        file.close();

        at.window->openPath(at.folder.path() + u"/runs/one"_s);

        QTRY_COMPARE(at.window->findChild<LossPlot*>()->curve().steps().size(), 60U);
        QTRY_VERIFY(at.can("resume"));
        // The dataset that the run names is read behind it, and leaves its figures.
        QTRY_VERIFY(at.find<QLabel>("stepValue")->text().startsWith(u"60 of"_s));
        QTest::qWait(100);
        QVERIFY(at.find<QLabel>("stepValue")->text().startsWith(u"60 of"_s));
    }

    void a_note_told_while_its_panel_was_off_looks_like_any_other_once_it_is_on() {
        applyTheme(*qApp, Theme::Light, {});
        QWidget panel;
        Note before(u"before"_s, &panel), after(u"after"_s, &panel);
        panel.setEnabled(false);
        before.tell(u"<b>135 M</b> parameters"_s);
        panel.setEnabled(true);
        after.tell(u"<b>135 M</b> parameters"_s);
        for (Note* note : {&before, &after}) note->resize(200, 20);
        QCOMPARE(before.grab().toImage(), after.grab().toImage());
    }

    void the_generate_button_stays_where_it_is_while_its_hint_comes_and_goes() {
        auto script = std::make_shared<FakeScript>();
        script->step_wait_ms = 20; // the hint stands while the run goes on
        const WindowFixture at(script);
        at.open();
        const auto* generate = at.find<QPushButton>("generate");
        const auto* hint = at.find<QLabel>("playgroundHint");
        QVERIFY(!hint->isVisible());
        const QPoint before = generate->mapTo(at.window.get(), QPoint());
        at.click("startButton");
        QTRY_VERIFY(hint->isVisible());
        QTest::qWait(0); // the layout's turn
        QCOMPARE(generate->mapTo(at.window.get(), QPoint()), before);
    }
};

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"
