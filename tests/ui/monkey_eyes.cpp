#include "tests/ui/monkey_eyes.h"

#include "ui/elements/banner.h"
#include "ui/elements/enabled_actions.h"
#include "ui/window/main_window.h"

#include <QAction>
#include <QLabel>
#include <QRegularExpression>
#include <QTabWidget>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostNotes = 60;

bool can(const MainWindow& window, const char* action) {
    return window.findChild<QAction*>(QLatin1StringView(action))->isEnabled();
}

} // namespace

QString shownState(const MainWindow& window) { return window.findChild<QLabel*>(u"statePill"_s)->text(); }

QStringList faultsOf(const MainWindow& window) {
    QStringList faults;
    const auto require = [&](bool holds, const QString& words) {
        if (!holds) faults << words;
    };
    const QString state = shownState(window);
    const auto is = [&](EngineState each) { return state == stateWord(each); };
    const bool isActive = is(EngineState::Running) || is(EngineState::Paused) || is(EngineState::Stopping);

    require(!(can(window, "start") && can(window, "stop")), u"start and stop can both be clicked"_s);
    require(!(can(window, "start") && isActive), u"a run can be started while one is active"_s);
    require(can(window, "pause") == is(EngineState::Running), u"pause does not follow “%1”"_s.arg(state));
    require(can(window, "stop") == (is(EngineState::Running) || is(EngineState::Paused)),
        u"stop does not follow “%1”"_s.arg(state));
    require(!(isActive && (can(window, "openModel") || can(window, "openRun") || can(window, "unload"))),
        u"what a run works with can be taken from it"_s);
    require(!(is(EngineState::Empty) && (can(window, "start") || can(window, "saveAdapter"))),
        u"there is no model, and it can be worked with"_s);
    require(!window.windowTitle().isEmpty(), u"the window has no title"_s);

    const auto* pages = window.findChild<QTabWidget*>(u"pages"_s);
    require(pages->count() == 6 && pages->currentWidget() != nullptr, u"a page is gone"_s);
    require(!window.isVisible() || window.isMinimized() || pages->currentWidget()->isVisible(),
        u"the page in front is not shown"_s);
    require(window.findChildren<Banner*>().size() <= mostNotes, u"notes pile up"_s);

    // A name or what a person typed may hold any word, but not as a value.
    static const QRegularExpression unfilled(u"(^|[=:] )-?(nan|inf)\\b|(^|\\s)%[1-9n]\\b"_s);
    for (const QLabel* each : window.findChildren<QLabel*>())
        if (each->isVisible() && unfilled.match(each->text()).hasMatch())
            faults << u"a label says “%1”"_s.arg(each->text());
    return faults;
}

} // namespace lora
