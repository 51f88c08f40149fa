// Sleep is held off while something trains, by a system that a test stands in for.

#include "tests/ui/silent_engine.h"
#include "ui/window/sleep_hold.h"

#include <QSignalSpy>
#include <QtTest>
#include <vector>

using namespace lora;

namespace {

/// A system that counts the holds that are out, and answers at once or when it is told to.
struct System {
    int out = 0;
    bool refuses = false;
    bool answersLater = false;
    std::vector<std::function<void()>> waiting;

    AskForHold ask() {
        return [this](const QString&, const std::function<void(SystemHold)>& got) {
            const auto answer = [this, got] { got(refuses ? nullptr : hold()); };
            answersLater ? waiting.push_back(answer) : answer();
        };
    }
    SystemHold hold() {
        ++out;
        return {static_cast<void*>(this), [this](void*) { --out; }};
    }
};

} // namespace

class SleepHoldTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void it_is_held_from_the_first_step_to_the_last() {
        SilentEngine engine;
        System system;
        const SleepHold hold(engine.link(), system.ask(), nullptr);
        engine.say(StateChanged{EngineState::Ready});
        QCOMPARE(system.out, 0);

        engine.say(StateChanged{EngineState::Running});
        QCOMPARE(system.out, 1);
        engine.say(StateChanged{EngineState::Stopping}); // it is still saving
        QCOMPARE(system.out, 1);
        engine.say(StateChanged{EngineState::Ready});
        QCOMPARE(system.out, 0);
    }

    void a_paused_run_lets_it_go_and_takes_it_again() {
        SilentEngine engine;
        System system;
        const SleepHold hold(engine.link(), system.ask(), nullptr);
        engine.say(StateChanged{EngineState::Running});
        engine.say(StateChanged{EngineState::Paused});
        QCOMPARE(system.out, 0);
        engine.say(StateChanged{EngineState::Running});
        QCOMPARE(system.out, 1);
        engine.say(StateChanged{EngineState::Failed});
        QCOMPARE(system.out, 0);
    }

    void an_answer_that_comes_after_the_run_is_let_go() {
        SilentEngine engine;
        System system;
        system.answersLater = true;
        const SleepHold hold(engine.link(), system.ask(), nullptr);
        engine.say(StateChanged{EngineState::Running});
        engine.say(StateChanged{EngineState::Ready});
        for (const auto& answer : system.waiting) answer();
        QCOMPARE(system.out, 0);
    }

    void it_goes_with_the_window() {
        SilentEngine engine;
        System system;
        {
            const SleepHold hold(engine.link(), system.ask(), nullptr);
            engine.say(StateChanged{EngineState::Running});
            QCOMPARE(system.out, 1);
        }
        QCOMPARE(system.out, 0);
    }

    void a_system_that_cannot_is_told_of_once() {
        SilentEngine engine;
        System system;
        system.refuses = true;
        SleepHold hold(engine.link(), system.ask(), nullptr);
        const QSignalSpy said(&hold, &SleepHold::said);
        for (int run = 0; run < 3; ++run) {
            engine.say(StateChanged{EngineState::Running});
            engine.say(StateChanged{EngineState::Ready});
        }
        QCOMPARE(said.count(), 1);
    }
};

QTEST_MAIN(SleepHoldTest)
#include "sleep_hold_test.moc"
