#pragma once
// A monkey at the window: a seeded run of actions that no person would do in this order. It goes on inside of
// dialogs and menus that wait in an event loop of their own, and looks after each action whether what must
// hold still does.

#include "tests/ui/heard_warnings.h"
#include "tests/ui/monkey_chance.h"
#include "tests/ui/monkey_ground.h"
#include "tests/ui/monkey_hands.h"
#include "tests/ui/restless_engine.h"
#include "tests/ui/window_fixture.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QObject>

namespace lora {

/// How long, and from which chance: LORA_MONKEY_SEED, LORA_MONKEY_ACTIONS, LORA_MONKEY_SECONDS (in place of a
/// number of actions).
struct MonkeyTask {
    std::uint64_t seed = 1;
    int actions = 300;
    int seconds = 0;     ///< above 0: as many actions as fit
    QString opened = {}; ///< at the first window's start

    /// What the environment says, else these.
    MonkeyTask orAsked() const;
};

class Monkey : public QObject {
public:
    /// `engine` tells its states by `said`. `places` as for WindowFixture.
    Monkey(const MonkeyTask& task, MonkeyGround& ground, const std::function<Work(Emit)>& engine,
        LastSaid said, const Places& places = {});

    /// What does not hold, with the last actions before it; empty: all is well. Prints the seed, how much was
    /// done, and the longest that one action took.
    QString play();

private:
    void tick();
    QString act();
    QString actOnWindow();
    QString startAndStop();
    QString trigger();
    QString reshape();
    void look();
    void settle();
    void keepAtHome() const;
    void beginAnew();
    void note(const QString& words);
    void fail(const QString& words);
    bool isOver() const;

    MonkeyTask task_;
    MonkeyGround& ground_;
    LastSaid said_;
    Chance chance_;
    MonkeyHands hands_;
    WindowFixture at_;
    HeardWarnings heard_;
    QEventLoop loop_;
    QElapsedTimer clock_;
    QElapsedTimer action_;                                         ///< since the last one began
    QStringList last_;                                             ///< actions, the newest at the end
    bool isLogged_ = qEnvironmentVariableIsSet("LORA_MONKEY_LOG"); ///< as they are done: for a crash
    QString fault_;
    QString slowestWords_;
    qint64 slowest_ = 0;
    int done_ = 0;
    int depth_ = 0; ///< of actions that wait in a loop of their own
    int windows_ = 1;
};

} // namespace lora
