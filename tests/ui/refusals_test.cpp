// What the window does when the engine says no, or answers late: what was refused is told and goes back, and
// nothing else is touched.

#include "tests/ui/silent_engine.h"
#include "tests/ui/window_fixture.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/laboratory/weights_view.h"
#include "ui/setup/setup_column.h"
#include "ui/window/opened.h"
#include "ui/window/setup_desk.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>

using namespace lora;

namespace {

/// A window whose run is paused, so that everything can be asked and Save now too.
struct Paused {
    WindowFixture at;
    Paused() : at(pausing()) {
        at.window->begin();
        if (!QTest::qWaitFor([&] { return at.can("start"); })) qFatal("the window did not open");
        at.click("startButton");
        if (!QTest::qWaitFor([&] { return at.stateWord() == u"Paused"_s; })) qFatal("the run did not pause");
        at.script->answers_end = false;
    }
    static std::shared_ptr<FakeScript> pausing() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 5;
        return script;
    }
    void refuseSaving() const {
        at.script->refuse<SaveNow>("no room on this disk");
        at.action("saveNow")->trigger();
        QTRY_VERIFY(at.isTold(u"Could not save now.\nno room on this disk"_s));
    }
    template <class View>
    QPushButton* button(const char* name) const {
        return at.window->findChild<View*>()->template findChild<QPushButton*>(QLatin1StringView(name));
    }
    void see(int view) const {
        at.find<QTabWidget>("pages")->setCurrentWidget(at.find<LaboratoryPage>("laboratoryPage"));
        at.find<QTabWidget>("laboratoryViews")->setCurrentIndex(view);
    }
};

void enter(QLineEdit* field, const QString& text) {
    field->selectAll();
    QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Return);
}

} // namespace

class RefusalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_refusal_leaves_a_comparison_that_goes_on_as_it_is() {
        const Paused paused;
        paused.see(1);
        QTRY_VERIFY(paused.button<WeightsView>("ask")->isEnabled());
        paused.button<WeightsView>("ask")->click();
        QTRY_VERIFY(paused.button<WeightsView>("stopAsking")->isVisible());

        paused.refuseSaving();

        QVERIFY(paused.button<WeightsView>("stopAsking")->isVisible());
        paused.button<WeightsView>("stopAsking")->click();
        QTRY_VERIFY(!paused.button<WeightsView>("stopAsking")->isVisible());
    }

    void a_refusal_leaves_an_answer_that_is_being_given_as_it_is() {
        const Paused paused;
        paused.at.click("generate");
        QTRY_VERIFY(!paused.at.find<QPlainTextEdit>("baseText")->toPlainText().isEmpty());

        paused.refuseSaving();

        QVERIFY(paused.at.find<QPushButton>("stopGeneration")->isEnabled());
    }

    void the_view_whose_question_is_refused_can_ask_again() {
        const Paused paused;
        paused.at.script->refuse<CompareWithWeights>("not enough memory");
        paused.see(1);
        QTRY_VERIFY(paused.button<WeightsView>("ask")->isEnabled());
        paused.button<WeightsView>("ask")->click();
        QTRY_VERIFY(paused.at.isTold(u"not enough memory"_s));
        QVERIFY(paused.button<WeightsView>("ask")->isVisible());
    }

    void a_refused_question_for_a_smaller_adapter_is_forgotten() {
        const Paused paused;
        bool asked = false;
        QTimer dialogs;
        connect(&dialogs, &QTimer::timeout, this, [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog) return;
            asked = true;
            dialog->reject();
        });
        dialogs.start(10);
        paused.at.script->refuse<AdviseRank>("this adapter has no rank to cut");
        paused.at.action("saveSmaller")->trigger();
        QTRY_VERIFY(paused.at.isTold(u"no rank to cut"_s));

        paused.at.script->allow<AdviseRank>();
        paused.see(0);
        paused.button<AdvisorView>("ask")->click();

        QTRY_VERIFY(paused.at.find<QTableView>("adviceTable")->model()->rowCount() > 0);
        QTest::qWait(100);
        QVERIFY(!asked);
        QVERIFY(!paused.at.isTold(u"No smaller rank keeps"_s));
    }

    void a_refused_model_gives_the_field_back_to_the_one_that_is_open() {
        const WindowFixture at;
        at.open();
        auto* path = at.find<QLineEdit>("modelPath");
        const QString open = path->text();
        at.script->refuse<LoadModel>("the architecture 'falcon' is not known");

        enter(path, u"/models/falcon"_s);

        QTRY_VERIFY(at.isTold(u"falcon"_s));
        QCOMPARE(path->text(), open);
        QVERIFY(at.can("start"));
        at.click("startButton");
        QTRY_VERIFY(at.isTold(u"all 40 steps"_s));
        for (const Command& command : at.script->attempted())
            if (const auto* start = std::get_if<StartRun>(&command))
                QCOMPARE(QString::fromStdString(start->settings.model), open);
    }

    void nothing_starts_while_the_field_names_another_model_than_the_one_that_is_open() {
        const WindowFixture at;
        at.open();
        at.script->hold<LoadModel>();

        enter(at.find<QLineEdit>("modelPath"), u"/models/other"_s);

        QTRY_VERIFY(!at.can("start"));
        QVERIFY(!at.find<QLabel>("startHint")->text().isEmpty());
        at.script->release();
        QTRY_VERIFY(at.can("start"));
    }

    void of_datasets_that_are_typed_one_after_the_other_the_last_one_counts() {
        const WindowFixture at;
        at.open();
        at.script->hold<LoadDataset>();
        auto* path = at.find<QLineEdit>("data");
        const std::size_t before = at.script->answered().size();
        for (const char* name : {"/data/a.jsonl", "/data/b.jsonl", "/data/c.jsonl"})
            enter(path, QLatin1StringView(name));
        at.script->release();

        QTRY_VERIFY(at.can("start"));
        std::vector<std::string> read;
        const auto answered = at.script->answered();
        for (std::size_t i = before; i < answered.size(); ++i)
            if (const auto* load = std::get_if<LoadDataset>(&answered[i])) read.push_back(load->data.train);
        QCOMPARE(read, std::vector<std::string>{"/data/c.jsonl"});
        QVERIFY(at.banners().isEmpty()); // what was cancelled is no fault
    }

    void an_answer_that_comes_late_does_not_stand_under_a_newer_question() {
        const WindowFixture at;
        at.open();
        at.script->hold<Generate>();
        auto* prompt = at.find<QPlainTextEdit>("prompt");
        prompt->setPlainText(u"first"_s);
        at.click("generate");
        QTRY_VERIFY(std::holds_alternative<Generate>(at.script->attempted().back()));
        prompt->setPlainText(u"second"_s);
        at.click("generate");
        at.script->release();

        auto* base = at.find<QPlainTextEdit>("baseText");
        QTRY_VERIFY(base->toPlainText().endsWith(u"second"_s));
        QVERIFY(!base->toPlainText().contains(u"first"_s));
    }

    void a_run_that_is_resumed_fills_the_set_up() {
        SilentEngine engine;
        Opened opened(engine.link());
        SetupColumn setup;
        const SetupDesk desk(engine.link(), opened, setup, u"/runs"_s);
        RunStarted run;
        run.run = {1};
        run.folder = "/runs/broken";
        run.total_steps = 9;
        run.resumed = true;
        run.settings.training.lr = 0.0123;

        engine.say(run);

        QCOMPARE(setup.settings().training.lr, 0.0123);
    }

    void a_start_waits_for_the_laboratory_and_shows_the_run() {
        const Paused paused;
        paused.at.script->answers_end = true;
        paused.at.action("resume")->trigger();
        QTRY_VERIFY(paused.at.isTold(u"all 40 steps"_s));
        paused.at.script->answers_end = false;
        paused.see(1);
        paused.button<WeightsView>("ask")->click();
        QTRY_VERIFY(paused.button<WeightsView>("stopAsking")->isVisible());
        QVERIFY(!paused.at.can("start"));
        paused.button<WeightsView>("stopAsking")->click();
        QTRY_VERIFY(paused.at.can("start"));

        paused.at.action("start")->trigger();

        QCOMPARE(paused.at.find<QTabWidget>("pages")->currentIndex(), 0);
    }
};

QTEST_MAIN(RefusalsTest)
#include "refusals_test.moc"
