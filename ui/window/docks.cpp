#include "ui/window/docks.h"

#include "ui/elements/scrolled.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QScrollArea>
#include <QTabWidget>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

// As the window's tabs stand.
constexpr int trainingTab = 0;
constexpr int sweepsTab = 2;
constexpr int dataTab = 4;

constexpr int layoutVersion = 2; ///< another one wherever docks have come or gone

} // namespace

Docks::Docks(QMainWindow& window, QTabWidget& pages, const Contents& contents, QMenu& view)
    : QObject(&window), window_(window) {
    window.setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    window.setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    window.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setup_ = add(tr("Set-up"), u"setupDock"_s, contents.setup, Qt::LeftDockWidgetArea, view);
    QDockWidget* play = add(tr("Playground"), u"playgroundDock"_s,
        scrolled(contents.playground, tr("Playground"), {320, 90}), Qt::BottomDockWidgetArea, view);
    QDockWidget* log =
        add(tr("Messages"), u"messagesDock"_s, contents.messages, Qt::BottomDockWidgetArea, view);
    QDockWidget* time = add(tr("Time"), u"profileDock"_s, contents.time, Qt::BottomDockWidgetArea, view);
    QDockWidget* queue = add(tr("Queue"), u"queueDock"_s, contents.queue, Qt::BottomDockWidgetArea, view);
    window.tabifyDockWidget(play, log);
    window.tabifyDockWidget(log, queue);
    window.tabifyDockWidget(queue, time);
    play->raise();
    beneath_ = {play, log, queue, time};
    connect(&pages, &QTabWidget::currentChanged, this, &Docks::showThoseOf);
    window.resizeDocks({setup_}, {360}, Qt::Horizontal);
}

// In a low window the plots get what they need; what stands beneath shows a line of the prompt less.
void Docks::divide(int height) {
    constexpr int least = 185, most = 320;
    constexpr int parts = 4;
    window_.resizeDocks({beneath_.front()}, {std::clamp(height / parts, least, most)}, Qt::Vertical);
}

QDockWidget* Docks::add(
    const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area, QMenu& view) {
    auto* dock = new QDockWidget(title, &window_);
    dock->setObjectName(name);
    dock->setWidget(content);
    window_.addDockWidget(area, dock);
    dock->toggleViewAction()->setToolTip(tr("Show or hide this part of the window: %1").arg(title));
    view.addAction(dock->toggleViewAction());
    return dock;
}

QByteArray Docks::layout() const { return wasHidden_.empty() ? window_.saveState(layoutVersion) : beside_; }

void Docks::takeDown() {
    for (QDockWidget* each : beneath_) each->hide();
    setup_->hide();
    window_.hide();
}

bool Docks::setLayout(const QByteArray& layout) { return window_.restoreState(layout, layoutVersion); }

// Sweeps and data need neither playground nor messages, laboratory and past runs no set-up either: their room
// goes to the page, and comes back with the training.
void Docks::showThoseOf(int page) {
    if (wasHidden_.empty()) beside_ = window_.saveState(layoutVersion);
    std::vector<QDockWidget*> away;
    if (page != trainingTab) away = beneath_;
    if (page != trainingTab && page != sweepsTab && page != dataTab) away.push_back(setup_);
    // Nothing is shown for a moment alone: beside a wide page it would widen the window, for good.
    std::map<QDockWidget*, bool> before = std::exchange(wasHidden_, {});
    for (QDockWidget* dock : away) {
        const auto put = before.extract(dock);
        wasHidden_[dock] = put.empty() ? dock->isHidden() : put.mapped();
        dock->hide();
    }
    for (const auto& [dock, hidden] : before) dock->setHidden(hidden);
}

} // namespace lora
