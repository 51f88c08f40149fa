// Runs that wait for their turn: filled, ordered and emptied by hand, and never lost by one that fails.

#include "tests/ui/window_fixture.h"

#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

using namespace lora;

namespace {

void enqueue(const WindowFixture& at, const QString& rank) {
    at.type("rank", rank);
    at.click("enqueueButton");
}

QListWidget& listOf(const WindowFixture& at) {
    at.find<QDockWidget>("queueDock")->raise();
    QTest::qWait(0);
    return *at.find<QListWidget>("queueList");
}

void select(const WindowFixture& at, int row) {
    QListWidget& list = listOf(at);
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualItemRect(list.item(row)).center());
}

/// Of the runs that were started, in their order.
std::vector<std::int64_t> ranksOf(const std::vector<Command>& commands) {
    std::vector<std::int64_t> ranks;
    for (const Command& each : commands)
        if (const auto* start = std::get_if<StartRun>(&each)) ranks.push_back(start->settings.lora.rank);
    return ranks;
}

void openModel(const WindowFixture& at, const QString& path) {
    auto* field = at.find<QLineEdit>("modelPath");
    field->selectAll();
    QTest::keyClicks(field, path);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY(at.can("start"));
}

using Ranks = std::vector<std::int64_t>;

} // namespace

class RunQueueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void an_empty_queue_says_what_comes_here_and_how() {
        const WindowFixture at;
        at.open();
        const auto* words = listOf(at).findChild<QLabel*>(u"emptyWords"_s);
        QVERIFY(words != nullptr && words->isVisible());
        QVERIFY2(
            words->text().contains(at.find<QPushButton>("enqueueButton")->text()), qPrintable(words->text()));
        enqueue(at, u"4"_s);
        QVERIFY(!words->isVisible());
        select(at, 0);
        at.click("queueRemove");
        QVERIFY(words->isVisible());
    }

    void the_next_begins_when_one_ends() {
        const WindowFixture at;
        at.open();
        enqueue(at, u"4"_s);
        enqueue(at, u"2"_s);
        QCOMPARE(listOf(at).count(), 2);
        QCOMPARE(at.find<QDockWidget>("queueDock")->windowTitle(), u"Queue (2)"_s);
        at.type("rank", u"8"_s);

        at.click("startButton");

        QTRY_COMPARE(ranksOf(at.script->answered()), (Ranks{8, 4, 2}));
        QTRY_COMPARE(listOf(at).count(), 0);
    }

    void a_run_is_added_while_another_one_trains() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 10;
        const WindowFixture at(script);
        at.open();
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);
        QVERIFY(!at.find<QLineEdit>("modelPath")->isEnabled());

        enqueue(at, u"3"_s);
        at.action("resume")->trigger();

        QTRY_COMPARE(ranksOf(script->answered()), (Ranks{8, 3}));
    }

    void the_order_is_changed_and_runs_are_taken_out() {
        const WindowFixture at;
        at.open();
        for (const QString& rank : {u"1"_s, u"2"_s, u"3"_s}) enqueue(at, rank);
        select(at, 2);
        at.click("queueUp");
        QVERIFY(listOf(at).item(1)->text().contains(u"Rank r 3"_s));
        QCOMPARE(listOf(at).currentRow(), 1);
        at.click("queueDown");
        QVERIFY(listOf(at).item(1)->text().contains(u"Rank r 2"_s));

        select(at, 0);
        QTest::keyClick(&listOf(at), Qt::Key_Delete);
        QCOMPARE(listOf(at).count(), 2);

        at.click("startQueue");
        QTRY_COMPARE(ranksOf(at.script->answered()), (Ranks{2, 3}));
    }

    void a_run_that_fails_does_not_hold_the_others() {
        auto script = std::make_shared<FakeScript>();
        script->fail_at_step = 3;
        const WindowFixture at(script);
        at.open();
        for (const QString& rank : {u"1"_s, u"2"_s}) enqueue(at, rank);

        at.click("startQueue");

        QTRY_COMPARE(ranksOf(script->answered()), (Ranks{1, 2}));
        QTRY_COMPARE(listOf(at).count(), 0);
    }

    void a_run_that_cannot_start_keeps_its_place_and_says_why() {
        const WindowFixture at;
        at.open();
        for (const QString& rank : {u"1"_s, u"2"_s}) enqueue(at, rank);
        at.script->refuse<StartRun>("the disk is full");

        at.click("startQueue");
        QTRY_VERIFY(listOf(at).item(1)->text().contains(u"the disk is full"_s));
        QCOMPARE(listOf(at).count(), 2);
        QVERIFY(!at.find<QPushButton>("startQueue")->isEnabled());

        at.script->allow<StartRun>();
        select(at, 1);
        at.click("queueRetry");
        at.click("startQueue");
        QTRY_COMPARE(ranksOf(at.script->answered()), (Ranks{2}));
        QTRY_COMPARE(listOf(at).count(), 1);
    }

    void a_stop_by_hand_holds_the_queue() {
        auto script = std::make_shared<FakeScript>();
        script->pause_at_step = 10;
        const WindowFixture at(script);
        at.open();
        enqueue(at, u"4"_s);
        at.click("startButton");
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);

        at.action("stop")->trigger();

        QTRY_VERIFY(at.isTold(u"The queue waits"_s));
        QTRY_COMPARE(at.stateWord(), u"Ready"_s);
        QCOMPARE(script->starts.load(), 1);
        QCOMPARE(listOf(at).count(), 1);
    }

    void a_run_of_another_model_opens_it_first() {
        const WindowFixture at;
        at.open();
        openModel(at, u"/models/one.gguf"_s);
        enqueue(at, u"4"_s);
        openModel(at, u"/models/two.gguf"_s);
        const int before = at.script->loads;

        at.click("startQueue");

        QTRY_COMPARE(ranksOf(at.script->answered()), (Ranks{4}));
        QCOMPARE(at.script->loads.load(), before + 1);
        QTRY_COMPARE(at.find<QLineEdit>("modelPath")->text(), u"/models/one.gguf"_s);
        QTRY_VERIFY(at.isTold(u"finished"_s));
    }

    void what_waits_is_there_at_the_next_start_and_begins_by_hand() {
        WindowFixture at;
        at.open();
        enqueue(at, u"5"_s);

        at.startAgain();
        at.open();

        QCOMPARE(listOf(at).count(), 1);
        QCOMPARE(at.script->starts.load(), 0);
        at.click("startQueue");
        QTRY_COMPARE(ranksOf(at.script->answered()), (Ranks{5}));
    }
};

QTEST_MAIN(RunQueueTest)
#include "run_queue_test.moc"
