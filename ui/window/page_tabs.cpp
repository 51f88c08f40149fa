#include "ui/window/page_tabs.h"

#include "ui/window/window_actions.h"

#include <QAction>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QAction* addToMenu(QMenu& view, QTabWidget& pages, int page) {
    QAction* action = view.addAction(pages.tabText(page));
    action->setObjectName(u"page-"_s + pages.widget(page)->objectName());
    action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)));
    action->setToolTip(QTabWidget::tr("Show the page “%1” (%2)")
                           .arg(pages.tabText(page), action->shortcut().toString(QKeySequence::NativeText)));
    QObject::connect(action, &QAction::triggered, &pages, [&pages, page] { pages.setCurrentIndex(page); });
    return action;
}

void askForRoomInSight(const QTabWidget& pages) {
    for (int page = 0; page < pages.count(); ++page) {
        const auto policy = page == pages.currentIndex() ? QSizePolicy::Preferred : QSizePolicy::Ignored;
        pages.widget(page)->setSizePolicy(policy, policy);
    }
}

} // namespace

void letHiddenPagesShrink(QTabWidget& pages) {
    askForRoomInSight(pages);
    QObject::connect(&pages, &QTabWidget::currentChanged, &pages, [&pages] { askForRoomInSight(pages); });
}

void addPages(const WindowActions& actions, QTabWidget& pages) {
    auto* tabs = new QTabBar(actions.toolbar);
    tabs->setObjectName(u"pageTabs"_s);
    tabs->setAccessibleName(QTabWidget::tr("Pages"));
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    actions.view->addSeparator();
    for (int page = 0; page < pages.count(); ++page) {
        const QAction* action = addToMenu(*actions.view, pages, page);
        tabs->addTab(pages.tabText(page));
        for (QTabBar* each : {tabs, pages.tabBar()}) each->setTabToolTip(page, action->toolTip());
    }
    tabs->setCurrentIndex(pages.currentIndex());
    pages.tabBar()->hide();
    pages.setFocusProxy(nullptr); // it was the hidden tabs, which would take the focus and not show it
    pages.setFocusPolicy(Qt::NoFocus);
    QObject::connect(tabs, &QTabBar::currentChanged, &pages, &QTabWidget::setCurrentIndex);
    QObject::connect(&pages, &QTabWidget::currentChanged, tabs, &QTabBar::setCurrentIndex);
    actions.toolbar->insertSeparator(actions.afterPages);
    actions.toolbar->insertWidget(actions.afterPages, tabs);
    actions.view->addSeparator();
    actions.view->addAction(actions.toolbar->toggleViewAction());
}

} // namespace lora
