#include "tests/ui/monkey.h"

#include "tests/ui/monkey_application.h"
#include "tests/ui/monkey_eyes.h"
#include "tests/ui/monkey_watch.h"

#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAction>
#include <QDockWidget>
#include <QFileDialog>
#include <QTabWidget>
#include <QTimer>
#include <cstdio>
#include <utility>

namespace lora {

namespace {

constexpr int remembered = 40; // actions that a failure is told with
constexpr int ownLoop_ms = 60; // an action that has not come back after so long waits in a loop of its own
constexpr int deepest = 6;     // dialogs over dialogs, before they are closed
constexpr int settledWithin_ms = 20'000;

/// Models of ours that views show keep their promises to them.
void testModels(const QWidget& window) {
    using Tester = QAbstractItemModelTester;
    for (const QAbstractItemView* view : window.findChildren<QAbstractItemView*>()) {
        QAbstractItemModel* model = view->model();
        // Qt's own of lists and trees are half taken down when they say that they are reset.
        const bool isOurs = model
                            && (QByteArrayView(model->metaObject()->className()).startsWith("lora::")
                                || model->inherits("QSortFilterProxyModel"));
        if (isOurs && !model->findChild<Tester*>())
            new Tester(model, Tester::FailureReportingMode::Warning, model);
    }
}

} // namespace

MonkeyTask MonkeyTask::orAsked() const {
    const auto asked = [](const char* name, int otherwise) {
        return qEnvironmentVariableIsSet(name) ? qEnvironmentVariableIntValue(name) : otherwise;
    };
    return {static_cast<std::uint64_t>(asked("LORA_MONKEY_SEED", static_cast<int>(seed))),
        asked("LORA_MONKEY_ACTIONS", actions), asked("LORA_MONKEY_SECONDS", seconds), opened};
}

Monkey::Monkey(const MonkeyTask& task, MonkeyGround& ground, const std::function<Work(Emit)>& engine,
    LastSaid said, const Places& places)
    : task_(task), ground_(ground), said_(std::move(said)), chance_(task.seed), hands_(chance_, ground),
      at_(engine, places) {
    const QString runs = at_.folder.path() + u"/runs"_s;
    ground_.layRuns(runs);
    for (const QString& run : {u"/healthy-lora"_s, u"/overfitting"_s, u"/diverged"_s})
        ground_.add(runs + run);
    ground_.add(at_.folder.path() + u"/sample.jsonl"_s);
    if (const auto* application = qobject_cast<MonkeyApplication*>(QCoreApplication::instance()))
        connect(application, &GuardedApplication::broke, this,
            [this](const QString& why) { fail(u"nothing caught: "_s + why); });
    testModels(*at_.window);
    at_.window->begin(task.opened);
}

QString Monkey::play() {
    qInfo("seed %llu", static_cast<unsigned long long>(task_.seed));
    const MonkeyWatch watch([this] { return last_; });
    clock_.start();
    action_.start();
    QTimer::singleShot(0, this, &Monkey::tick);
    loop_.exec();
    if (fault_.isEmpty()) settle();
    qInfo("%d actions on %d windows; the slowest took %lld ms: %s", done_, windows_,
        static_cast<long long>(slowest_), qPrintable(slowestWords_));
    return fault_;
}

bool Monkey::isOver() const {
    if (!fault_.isEmpty()) return true;
    return task_.seconds > 0 ? clock_.elapsed() > qint64(task_.seconds) * 1000 : done_ >= task_.actions;
}

// One call is waiting at any time, also while an action is under way: one that opens a dialog comes back when
// that is closed, and only the next actions can close it.
void Monkey::tick() {
    MonkeyWatch::beat();
    constexpr int pauses[] = {0, 0, 0, 1, 5, 30};
    const bool isBusy = depth_ > 0 && action_.elapsed() < ownLoop_ms;
    if (isOver() && depth_ == 0) return loop_.quit();
    QTimer::singleShot(isBusy ? 10 : pauses[chance_.below(std::size(pauses))], this, &Monkey::tick);
    if (isBusy) return;
    keepAtHome();
    ++depth_;
    ++done_;
    action_.start();
    const QElapsedTimer begun = action_;
    const int number = done_;
    QString words = depth_ > deepest || isOver() ? hands_.letGo() : act();
    if (words.isEmpty()) words = hands_.click(); // there was nothing to do it with
    note(words);
    if (begun.elapsed() > slowest_ && number == done_) { // else others were done meanwhile
        slowest_ = begun.elapsed();
        slowestWords_ = words;
    }
    --depth_;
    action_.start(); // of the one around it, which may go on in its loop
    look();
}

QString Monkey::act() {
    const bool isHeld = QApplication::activeModalWidget() || QApplication::activePopupWidget();
    if (depth_ > 1 && !isHeld) return hands_.letGo(); // a drag
    if (QApplication::activeModalWidget() && chance_.oneIn(3)) return hands_.answerDialog();
    switch (chance_.below(24)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5: return hands_.click();
    case 6: return hands_.doubleClick();
    case 7: return hands_.drag();
    case 8: return hands_.hover();
    case 9: return hands_.turnWheel();
    case 10:
    case 11:
    case 12:
    case 13: return hands_.pressKey();
    case 14:
    case 15:
    case 16: return hands_.type();
    case 17: return hands_.drop();
    case 18: {
        const QString words = ground_.damage(chance_);
        if (chance_.oneIn(3)) ground_.mend();
        return words;
    }
    default: return isHeld ? hands_.click() : actOnWindow();
    }
}

QString Monkey::actOnWindow() {
    switch (chance_.below(10)) {
    case 0:
    case 1: return startAndStop();
    case 2:
    case 3:
    case 4: return trigger();
    case 5: return reshape();
    case 6: {
        const QString path = ground_.thing(chance_);
        at_.window->openPath(path);
        return u"opened "_s + path;
    }
    case 7: {
        auto* pages = at_.find<QTabWidget>("pages");
        pages->setCurrentIndex(chance_.between(0, pages->count() - 1));
        return u"went to page %1"_s.arg(pages->currentIndex());
    }
    case 8:
        if (!chance_.oneIn(3)) return hands_.click();
        if (chance_.oneIn(2))
            at_.window->close();
        else
            at_.window->leave(); // as for a signal
        return u"closed the window"_s;
    default: {
        QElapsedTimer passed;
        passed.start();
        const int pause = chance_.between(10, 300);
        QEventLoop wait;
        QTimer::singleShot(pause, &wait, &QEventLoop::quit);
        wait.exec();
        return u"waited"_s;
    }
    }
}

QString Monkey::startAndStop() {
    const int times = chance_.between(1, 10);
    for (int each = 0; each < times; ++each) {
        at_.action("start")->trigger();
        if (chance_.oneIn(2)) QCoreApplication::processEvents();
        at_.action("stop")->trigger();
        if (chance_.oneIn(2)) QCoreApplication::processEvents();
    }
    return u"started and stopped %1 times"_s.arg(times);
}

QString Monkey::trigger() {
    std::vector<QAction*> all;
    for (QAction* each : at_.window->findChildren<QAction*>())
        if (each->isEnabled() && each->isVisible() && !each->objectName().isEmpty()) all.push_back(each);
    QAction* action = chance_.of(all);
    const QString words = u"triggered "_s + action->objectName();
    action->trigger();
    return words;
}

QString Monkey::reshape() {
    MainWindow& window = *at_.window;
    switch (chance_.below(6)) {
    case 0: window.showMaximized(); return u"maximized"_s;
    case 1:
        window.showMinimized();
        window.showNormal();
        return u"minimized and back"_s;
    case 2: {
        QDockWidget* dock = chance_.of(window.findChildren<QDockWidget*>());
        dock->setFloating(!dock->isFloating());
        return u"floated or docked "_s + dock->objectName();
    }
    default:
        window.resize(chance_.between(1, 2500), chance_.between(1, 1800));
        return u"resized to %1 x %2"_s.arg(window.width()).arg(window.height());
    }
}

// File dialogs delete and write where they stand.
void Monkey::keepAtHome() const {
    for (QWidget* each : QApplication::topLevelWidgets())
        if (auto* dialog = qobject_cast<QFileDialog*>(each); dialog && dialog->isVisible())
            if (!(dialog->directory().absolutePath() + u'/').startsWith(ground_.path() + u'/'))
                dialog->setDirectory(ground_.path());
}

void Monkey::look() {
    for (const QString& warning : heard_.take()) fail(u"warned: "_s + warning);
    if (depth_ > 0) return; // some of what must hold is under way
    if (!at_.window->isVisible()) return beginAnew();
    for (const QString& fault : faultsOf(*at_.window)) fail(fault);
    if (fault_.isEmpty() && done_ % 100 == 0) settle();
}

// Once the engine has said its last, the window shows it. One in another process says it elsewhere.
void Monkey::settle() {
    if (!at_.action("where-here")->isChecked()) return;
    const auto agrees = [&] { return shownState(*at_.window) == stateWord(*said_); };
    QElapsedTimer waited;
    waited.start();
    while (!agrees() && waited.elapsed() < settledWithin_ms) {
        MonkeyWatch::beat();
        QTest::qWait(5);
    }
    if (!agrees())
        fail(u"the window says “%1”, the engine “%2”"_s.arg(shownState(*at_.window), stateWord(*said_)));
}

void Monkey::beginAnew() {
    at_.startAgain();
    testModels(*at_.window);
    const bool named = chance_.oneIn(4);
    at_.window->begin(named ? ground_.thing(chance_) : QString());
    ++windows_;
    note(u"a new window"_s);
}

void Monkey::note(const QString& words) {
    last_ << u"%1 %2"_s.arg(QString(depth_, u'>'), words);
    if (last_.size() > remembered) last_.removeFirst();
    if (isLogged_) std::fprintf(stderr, "%d %s\n", done_, qPrintable(last_.constLast()));
}

void Monkey::fail(const QString& words) {
    if (!fault_.isEmpty()) return;
    fault_ =
        u"seed %1, after %2 actions: %3\n  %4"_s.arg(task_.seed).arg(done_).arg(words, last_.join(u"\n  "_s));
}

} // namespace lora
