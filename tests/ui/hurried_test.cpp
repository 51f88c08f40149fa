// A person in a hurry: starts and stops in quick succession, and a window that is closed while it saves, on
// the real engine and a tiny model.

#include "engine/runs/run_folder.h"
#include "tests/ui/held_by_process.h"
#include "tests/ui/tiny_desk.h"

using namespace lora;

class HurriedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_hundred_quick_starts_and_stops_leave_a_window_that_trains_and_nothing_behind() {
        const Desk desk;
        desk.at.type("steps", u"1000000"_s);
        const auto startAndStop = [&](int pause) {
            QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
            desk.at.action("start")->trigger();
            QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("stop"), patience);
            if (pause > 0) QTest::qWait(pause);
            desk.at.action("stop")->trigger();
            desk.at.action("start")->trigger(); // not yet
        };
        for (int each = 0; each < 10; ++each) startAndStop(each);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        const HeldByProcess early = heldByProcess(*desk.at.window);
        for (int each = 0; each < 90; ++each) startAndStop(each % 10);
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("start"), patience);
        const HeldByProcess late = heldByProcess(*desk.at.window);
        qInfo("%s, then %s", qPrintable(early.words()), qPrintable(late.words()));

        QVERIFY2(late.files <= early.files + 2, qPrintable(late.words()));
        QVERIFY2(late.objects <= early.objects + 100, qPrintable(late.words()));
        QCOMPARE(desk.runs().size(), std::size_t{100});
        QVERIFY(latest_checkpoint(desk.train(u"3"_s)));
    }

    void closing_while_it_saves_leaves_a_whole_checkpoint_data() {
        QTest::addColumn<int>("pause");
        for (const int pause : {0, 1, 5, 20}) QTest::addRow("after %d ms", pause) << pause;
    }

    void closing_while_it_saves_leaves_a_whole_checkpoint() {
        QFETCH(int, pause);
        Desk desk;
        desk.at.type("steps", u"1000000"_s);
        desk.at.action("start")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(desk.at.can("saveNow"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(!desk.runs().empty(), patience);
        const std::string run = desk.runs().front();
        for (int each = 0; each < 5; ++each) desk.at.action("saveNow")->trigger();
        QTest::qWait(pause);
        desk.at.window->leave();
        QTRY_VERIFY_WITH_TIMEOUT(!desk.at.window->isVisible(), patience);
        desk.at.window.reset();

        const auto last = latest_checkpoint(run);
        QVERIFY(last.has_value());
        QVERIFY(set_damaged_checkpoints_aside(run).empty());
        QVERIFY(std::filesystem::exists(run + "/adapter/adapter_config.json"));
    }
};

QTEST_MAIN(HurriedTest)
#include "hurried_test.moc"
