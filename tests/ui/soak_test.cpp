// A long run in the window: what the process holds after a tenth of the steps it holds at the end, but for
// the numbers that the plots keep. LORA_SOAK_STEPS=200000 QTEST_FUNCTION_TIMEOUT=36000000 soaks as long as is
// promised.

#include "tests/ui/held_by_process.h"
#include "tests/ui/window_fixture.h"
#include "ui/plots/loss_plot.h"

#include <QTabWidget>

using namespace lora;

class SoakTest : public QObject {
    Q_OBJECT

    static int steps() {
        return qEnvironmentVariableIsSet("LORA_SOAK_STEPS") ? qEnvironmentVariableIntValue("LORA_SOAK_STEPS")
                                                            : 3000;
    }
    static qint64 shown(const WindowFixture& at) {
        return static_cast<qint64>(at.window->findChild<LossPlot*>()->curve().steps().size());
    }
    static HeldByProcess heldNow(const WindowFixture& at) {
        auto* pages = at.find<QTabWidget>("pages");
        pages->setCurrentIndex((pages->currentIndex() + 1) % pages->count()); // each page is looked at
        QTest::qWait(100);
        pages->setCurrentIndex(0);
        QTest::qWait(100);
        return heldByProcess(*at.window);
    }

private Q_SLOTS:
    void a_long_run_holds_no_more_at_its_end_than_the_numbers_of_its_steps() {
        WindowFixture at;
        at.script->total_steps = steps();
        at.script->step_wait_ms = 1; // else all steps wait for the window, which is as much as they hold
        at.open();
        at.action("start")->trigger();
        std::vector<HeldByProcess> held;
        for (const int part : {10, 50, 100}) {
            const int until = at.script->total_steps * part / 100;
            QTRY_VERIFY_WITH_TIMEOUT(shown(at) >= until, 36'000'000);
            held.push_back(heldNow(at));
            qInfo("%3d %% of %d steps: %s", part, steps(), qPrintable(held.back().words()));
        }
        QTRY_VERIFY(at.can("start"));
        const HeldByProcess &early = held.front(), &late = held.back();
        QVERIFY2(late.files <= early.files + 2, qPrintable(late.words()));
        QVERIFY2(late.objects <= early.objects + 50, qPrintable(late.words()));
        constexpr qint64 bytesOfAStep = 300; // in the plots, the record and the export
        const qint64 grown = late.heapBytes - early.heapBytes;
        QVERIFY2(grown < 8'000'000 + bytesOfAStep * steps(), qPrintable(late.words()));
    }
};

QTEST_MAIN(SoakTest)
#include "soak_test.moc"
