// What is told as a note and what in the log alone, and when a note goes.

#include "tests/ui/silent_engine.h"
#include "tests/ui/window_fixture.h"
#include "ui/setup/setup_column.h"
#include "ui/window/message_log.h"
#include "ui/window/notices.h"

#include <QPushButton>
#include <QToolButton>

using namespace lora;

namespace {

/// A window's notes on an engine that says what the test says.
struct ToldNotices {
    explicit ToldNotices(double patience = 1) : area(nullptr, patience) {}

    QStringList notes() const {
        QStringList texts;
        for (const Banner* each : area.findChildren<Banner*>()) texts << each->text();
        return texts;
    }
    bool has(const QString& words) const { return notes().join(u'\n').contains(words); }
    /// The one that is in front.
    QString front() const {
        for (const Banner* each : area.findChildren<Banner*>())
            if (!each->isHidden()) return each->text();
        return {};
    }
    /// Those of all notes, in their order.
    QStringList buttons() const {
        QStringList words;
        for (const QPushButton* each : area.findChildren<QPushButton*>()) words << each->text();
        return words;
    }
    void press(const QString& words) {
        for (QPushButton* each : area.findChildren<QPushButton*>())
            if (each->text() == words) return each->click();
        QFAIL(qPrintable(u"no button says "_s + words));
    }
    void evaluate(std::int64_t step, double loss) {
        engine.say(EvaluationDone{.run = {}, .record = {step, loss, 0, 1}});
    }
    bool logged(const QString& words) const { return log.toPlainText().contains(words); }
    void end(bool finished = true) {
        engine.say(RunEnded{.run = {}, .finished = finished, .step = 9, .adapter = "/runs/one/adapter"});
    }

    SilentEngine engine;
    BannerArea area;
    MessageLog log;
    Notices notices{engine.link(), &area, &log};
};

Refused refusal(const Command& command, const std::string& why) {
    return Refused{Request{RequestId{1}, command}, Error(why)};
}

RunStarted run(double lr, std::int64_t patience = 0) {
    RunStarted started;
    started.folder = "/runs/one";
    started.settings.training.lr = lr;
    started.settings.training.patience = patience;
    return started;
}

Alarm alarm(AlarmKind kind) { return {kind, {}, 9, "Sentence of " + name(kind) + ".", "What to try."}; }

QPushButton* buttonOf(const BannerArea& area) { return area.findChild<Banner*>()->findChild<QPushButton*>(); }

} // namespace

class NoticesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_runs_end_is_a_note() {
        ToldNotices told;
        told.engine.say(RunStarted{});
        told.end();
        QCOMPARE(told.notes().size(), 1);
        QVERIFY(told.has(u"finished"_s));
        QVERIFY(told.logged(u"/runs/one/adapter"_s));
    }

    void the_runs_of_a_sweep_end_in_the_log_and_the_sweep_in_a_note() {
        ToldNotices told;
        told.engine.say(SweepChanged{.folder = "/sweeps/ranks", .table = {}, .current = {}});
        for (const char* result : {"/first/adapter", "/second/adapter"}) {
            told.engine.say(RunStarted{});
            told.engine.say(RunEnded{.run = {}, .finished = true, .step = 9, .adapter = result});
            QVERIFY(told.logged(QString::fromLatin1(result)));
        }
        QVERIFY(told.notes().isEmpty());

        told.engine.say(SweepChanged{.folder = "/sweeps/ranks", .table = {}, .current = {}, .over = true});
        QCOMPARE(told.notes().size(), 1);

        told.end();
        QCOMPARE(told.notes().size(), 2);
    }

    void a_run_that_did_harm_is_not_announced_as_a_success() {
        ToldNotices told;
        told.engine.say(RunStarted{});
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::WorseThanBefore)});
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::EndedWorse)});
        told.end();
        QCOMPARE(told.notes().size(), 1);
        QVERIFY(!told.has(u"finished"_s));
        QVERIFY(
            told.front().contains(u"did harm. Sentence of ended_worse. What to try. The adapter is in"_s));

        told.engine.say(RunStarted{});
        told.end();
        QVERIFY(told.front().contains(u"The run is finished"_s)); // the harm was another run's
    }

    void an_alarm_offers_to_stop_the_run_while_there_is_one() {
        ToldNotices told;
        told.engine.say(RunStarted{});
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::LossRises)});
        told.end();
        QVERIFY(told.has(u"Sentence of loss_rises."_s)); // still there, with nothing to stop
        QVERIFY(!told.buttons().contains(u"Stop the run"_s));

        told.engine.say(RunStarted{});
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::LossRises)});
        QCOMPARE(told.notes().size(), 1);
        buttonOf(told.area)->click();
        QVERIFY(std::holds_alternative<StopRun>(told.engine.asked(1).front()));
    }

    void overfitting_offers_the_way_back_to_the_best() {
        ToldNotices told;
        told.engine.say(run(0.02));
        told.evaluate(0, 3);
        told.evaluate(10, 1.5);
        told.evaluate(20, 2);
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::Overfits)});
        QCOMPARE(
            told.buttons(), (QStringList{u"Stop the run"_s, u"Stop and go back to the best, step 10"_s}));
        told.press(u"Stop and go back to the best, step 10"_s);
        const auto asked = told.engine.asked(2);
        QVERIFY(std::holds_alternative<StopRun>(asked[0]));
        const auto* opens = std::get_if<OpenRun>(&asked[1]);
        QVERIFY(opens && opens->best);
        QCOMPARE(opens->folder, std::string("/runs/one"));
    }

    void nothing_is_gone_back_to_that_is_worse_than_before_training() {
        ToldNotices told;
        told.engine.say(run(0.02));
        told.evaluate(0, 1);
        told.evaluate(10, 1.5);
        told.evaluate(20, 2);
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::WorseThanBefore)});
        QCOMPARE(told.buttons(), (QStringList{u"Stop the run"_s, u"Stop and halve the learning rate"_s}));
    }

    void a_diverging_run_is_stopped_and_half_its_learning_rate_wanted() {
        ToldNotices told;
        QSignalSpy wanted(&told.notices.mends(), &AlarmMends::learningRateWanted);
        told.engine.say(run(0.02));
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::LossRises)});
        told.press(u"Stop and halve the learning rate"_s);
        QVERIFY(std::holds_alternative<StopRun>(told.engine.asked(1).front()));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toDouble(), 0.01);

        told.end(false); // there is nothing left to stop
        told.press(u"Halve the learning rate"_s);
        QCOMPARE(wanted.size(), 2);
        QCOMPARE(told.engine.asked(1).size(), std::size_t(1));
    }

    void a_sweeps_alarms_stop_nothing() {
        ToldNotices told;
        told.engine.say(SweepChanged{.folder = "/sweeps/ranks", .table = {}, .current = {}});
        told.engine.say(run(0.02));
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::LossRises)});
        QVERIFY(told.buttons().isEmpty());
    }

    void the_end_offers_the_best_where_it_was_better() {
        ToldNotices told;
        told.engine.say(run(0.02));
        told.evaluate(0, 3);
        told.evaluate(10, 1.5);
        told.evaluate(20, 2);
        told.engine.say(RunEnded{.run = {},
            .finished = true,
            .step = 20,
            .adapter = "/runs/one/adapter",
            .end = RunEnd::AllSteps,
            .best = BestCheckpoint{10, 1.5, "/runs/one/checkpoints/step-000010"}});
        QVERIFY2(told.front().contains(u"The best evaluation was after step 10: loss 1.5"_s),
            qPrintable(told.front()));
        told.press(u"Open the best, step 10"_s);
        const Command asked = told.engine.asked(1).front();
        QVERIFY(std::holds_alternative<OpenRun>(asked) && std::get<OpenRun>(asked).best);
    }

    void a_run_whose_last_evaluation_was_the_best_offers_nothing() {
        ToldNotices told;
        told.engine.say(run(0.02));
        told.evaluate(0, 3);
        told.evaluate(10, 2);
        told.evaluate(20, 1.5);
        told.end();
        QVERIFY(told.buttons().isEmpty());
    }

    void a_run_that_ended_early_says_why() {
        ToldNotices told;
        told.engine.say(run(0.02, /*patience=*/3));
        told.engine.say(RunEnded{.run = {},
            .finished = true,
            .step = 40,
            .adapter = "/runs/one/adapter",
            .end = RunEnd::NoGain,
            .best = {}});
        QVERIFY2(told.front().contains(
                     u"The run ended early, at step 40: 3 evaluations in a row brought no gain."_s),
            qPrintable(told.front()));
    }

    void an_opened_run_offers_its_best_and_says_when_that_is_in_place() {
        auto record = std::make_shared<RunRecord>();
        record->folder = "/runs/one";
        record->settings.training.lr = 0.02;
        record->evaluations = {{0, 3, 0, 1}, {10, 1.5, 0, 1}, {20, 1.6, 0, 1}};
        record->best = BestCheckpoint{10, 1.5, "/runs/one/checkpoints/step-000010"};
        ToldNotices told;
        told.engine.say(RunOpened{record});
        QCOMPARE(told.buttons(), QStringList{u"Open the best, step 10"_s});
        told.engine.say(RunOpened{.record = record, .model_is_open = true, .best = true});
        QVERIFY2(told.front().contains(u"the result of step 10"_s), qPrintable(told.front()));
        QVERIFY(told.buttons().isEmpty());
        record->best.reset(); // its checkpoint is damaged
        told.engine.say(RunOpened{record});
        QVERIFY(told.buttons().isEmpty());
    }

    void advice_asks_for_nothing() {
        ToldNotices told;
        told.engine.say(RunStarted{});
        told.engine.say(AlarmRaised{RunId{}, alarm(AlarmKind::OneDirection)});
        QVERIFY(!buttonOf(told.area));
    }

    void an_error_goes_with_the_next_success_of_the_same_thing_alone() {
        ToldNotices told;
        told.engine.say(refusal(LoadDataset{}, "no such file"));
        told.engine.say(refusal(SaveAdapter{}, "no room"));
        QCOMPARE(told.notes().size(), 2);
        told.engine.say(refusal(LoadDataset{}, "no such folder"));
        QVERIFY(!told.has(u"no such file"_s)); // of one thing there is one error
        QCOMPARE(told.notes().size(), 2);

        told.engine.say(DatasetLoaded{});
        QVERIFY(!told.has(u"no such folder"_s));
        QVERIFY(told.has(u"no room"_s));

        told.engine.say(AdapterSaved{"/adapters/one"});
        QVERIFY(!told.has(u"no room"_s));
        for (const char* words : {"no such file", "no such folder", "no room"})
            QVERIFY(told.logged(QString::fromLatin1(words)));
    }

    void what_was_said_of_one_run_goes_when_another_begins() {
        ToldNotices told;
        told.engine.say(RunStarted{});
        told.end();
        told.engine.say(RunStarted{});
        QVERIFY(told.notes().isEmpty());
        QVERIFY(told.logged(u"The run is finished"_s));
    }

    void the_newest_note_is_in_front_and_the_others_come_back_when_it_goes() {
        ToldNotices told;
        told.area.setVisible(true);
        told.engine.say(refusal(LoadModel{}, "first"));
        told.engine.say(refusal(SaveAdapter{}, "second"));
        QVERIFY(told.front().contains(u"second"_s));
        auto* beneath = told.area.findChild<QToolButton*>(u"notesBeneath"_s);
        QCOMPARE(beneath->text(), u"+1"_s);

        beneath->click();
        QVERIFY(told.front().contains(u"first"_s));
        beneath->click();
        for (Banner* each : told.area.findChildren<Banner*>())
            if (!each->isHidden()) each->findChild<QToolButton*>(u"dismissBanner"_s)->click();
        QTRY_VERIFY(told.front().contains(u"first"_s));
        QVERIFY(beneath->isHidden());
    }

    void a_success_goes_by_itself_and_an_error_stays() {
        ToldNotices told(0.01);
        told.area.setVisible(true);
        told.area.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&told.area));
        told.engine.say(refusal(LoadModel{}, "no such model"));
        told.engine.say(AdapterSaved{"/adapters/one"});
        QTRY_VERIFY(!told.has(u"/adapters/one"_s));
        QVERIFY(told.front().contains(u"no such model"_s));
        QVERIFY(told.logged(u"/adapters/one"_s));
    }

    void a_success_waits_for_somebody_to_look() {
        ToldNotices told(0.01);
        told.engine.say(AdapterSaved{"/adapters/one"});
        QTest::qWait(300);
        QVERIFY(told.has(u"/adapters/one"_s));
    }

    void messages_that_nobody_has_seen_are_counted_until_the_log_is_in_sight() {
        ToldNotices told;
        const auto* button = told.area.findChild<QToolButton*>(u"unseenMessages"_s);
        QCOMPARE(button->text(), u"Messages"_s);
        told.engine.say(refusal(LoadModel{}, "no such model"));
        told.engine.say(AdapterSaved{"/adapters/one"});
        QCOMPARE(button->text(), u"Messages (2)"_s);
        told.log.show();
        QCOMPARE(button->text(), u"Messages"_s);
        told.engine.say(AdapterSaved{"/adapters/two"});
        QCOMPARE(button->text(), u"Messages"_s);
    }

    void the_learning_rate_that_is_wanted_stands_in_the_set_up() {
        const WindowFixture at;
        at.open();
        Q_EMIT at.window->findChild<Notices*>()->mends().learningRateWanted(0.000125);
        QCOMPARE(at.window->findChild<SetupColumn*>()->settings().training.lr, 0.000125);
    }

    void notes_move_nothing_and_a_click_on_one_leads_to_all_that_was_said() {
        auto script = std::make_shared<FakeScript>();
        script->refuse_data = "/data/broken.jsonl";
        const WindowFixture at(script);
        at.open();
        auto* pages = at.find<QWidget>("pages");
        QTRY_VERIFY(pages->height() > 0);
        const QRect before = pages->geometry();
        auto* notices = at.window->findChild<Notices*>();
        for (const QString& words : {u"short"_s, u"very long "_s.repeated(200), u"of\ntwo\nlines"_s})
            notices->complain(words);
        QTest::qWait(50);
        QCOMPARE(pages->geometry(), before);
        QCOMPARE(at.find<QWidget>("unseenMessages")->isVisible(), true);

        const auto* log = at.window->findChild<MessageLog*>();
        QVERIFY(log->visibleRegion().isEmpty());
        for (Banner* each : at.window->findChildren<Banner*>())
            if (each->isVisible()) QTest::mouseClick(each->findChild<QLabel*>(), Qt::LeftButton);
        QTRY_VERIFY(!log->visibleRegion().isEmpty());
        QVERIFY(log->toPlainText().contains(u"very long very long"_s));
    }
};

QTEST_MAIN(NoticesTest)
#include "notices_test.moc"
