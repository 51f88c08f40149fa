#include "ui/window/window_actions.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/icons.h"
#include "ui/elements/theme.h"
#include "ui/elements/words.h"

#include <QAction>
#include <QActionGroup>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QTabWidget>
#include <QToolBar>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QAction* addAction(QMenu* menu, const char* objectName, const char* text, const QKeySequence& shortcut = {}) {
    QAction* action = menu->addAction(tr(text));
    action->setObjectName(QLatin1StringView(objectName));
    action->setShortcut(shortcut);
    return action;
}

void buildFileMenu(QMainWindow& window, WindowActions& actions) {
    QMenu* file = window.menuBar()->addMenu(tr("&File"));
    file->setToolTipsVisible(true);
    actions.openModel =
        addAction(file, "openModel", "Open &model folder…", QKeySequence(Qt::CTRL | Qt::Key_O));
    actions.openGguf =
        addAction(file, "openGguf", "Open model &file or folder…", QKeySequence(Qt::CTRL | Qt::Key_G));
    actions.openDataset =
        addAction(file, "openDataset", "Open &dataset…", QKeySequence(Qt::CTRL | Qt::Key_D));
    file->addSeparator();
    actions.loadAdapter =
        addAction(file, "loadAdapter", "&Load adapter…", QKeySequence(Qt::CTRL | Qt::Key_L));
    actions.unload =
        addAction(file, "unload", "&Unload adapter", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L));
    actions.saveAdapter =
        addAction(file, "saveAdapter", "Save adapter &as…", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
    actions.saveTruncated = addAction(file, "saveSmaller", "Save s&maller adapter…");
    actions.exportGguf = addAction(file, "exportGguf", "Export adapter for &llama.cpp (GGUF)…");
    actions.mergeModel = addAction(file, "mergeModel", "Mer&ge into a model…");
    file->addSeparator();
    actions.openRun =
        addAction(file, "openRun", "Open &run…", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
    actions.recent = file->addMenu(tr("Recent &files"));
    actions.recent->setObjectName(u"recentMenu"_s);
    file->addSeparator();
    actions.exportRun = addAction(file, "exportRun", "Export run for &TensorBoard…");
    actions.exportPlot = addAction(file, "exportPlot", "&Export plot…", QKeySequence(Qt::CTRL | Qt::Key_E));
    file->addSeparator();
    actions.quit = addAction(file, "quit", "&Quit", QKeySequence(Qt::CTRL | Qt::Key_Q));
}

void buildRunMenu(QMainWindow& window, WindowActions& actions) {
    QMenu* run = window.menuBar()->addMenu(tr("&Run"));
    actions.start = addAction(run, "start", "&Start", QKeySequence(Qt::Key_F5));
    actions.pause = addAction(run, "pause", "&Pause", QKeySequence(Qt::Key_F6));
    actions.resume = addAction(run, "resume", "&Resume", QKeySequence(Qt::Key_F7));
    actions.stop = addAction(run, "stop", "S&top", QKeySequence(Qt::Key_F8));
    run->addSeparator();
    actions.saveNow = addAction(run, "saveNow", "Save &now", QKeySequence(Qt::CTRL | Qt::Key_S));
    actions.start->setToolTip(tr("Train with the settings on the left (F5)"));
    actions.pause->setToolTip(tr("Hold the run between two steps; the model can be talked to (F6)"));
    actions.resume->setToolTip(tr("Go on (F7)"));
    actions.stop->setToolTip(tr("End the run at its last finished step and save it (F8)"));
    actions.saveNow->setToolTip(tr("Checkpoint and adapter of the last finished step (Ctrl+S)"));
}

void buildOtherMenus(QMainWindow& window, WindowActions& actions) {
    actions.view = window.menuBar()->addMenu(tr("&View"));
    QMenu* theme = actions.view->addMenu(tr("&Theme"));
    actions.theme = new QActionGroup(&window);
    for (const auto& [each, words] : {std::pair(Theme::System, "As the &system"),
             std::pair(Theme::Light, "&Light"), std::pair(Theme::Dark, "&Dark")}) {
        QAction* choice = theme->addAction(tr(words));
        choice->setObjectName(u"theme-"_s + name(each));
        choice->setData(name(each));
        choice->setCheckable(true);
        actions.theme->addAction(choice);
    }
    actions.view->addSeparator();
    QMenu* help = window.menuBar()->addMenu(tr("&Help"));
    actions.pageHelp = addAction(help, "pageHelp", "&What is on this page", QKeySequence(Qt::Key_F1));
    actions.shortcuts = addAction(help, "shortcuts", "&Keyboard shortcuts");
    help->addSeparator();
    actions.about = addAction(help, "about", "&About LoRA Workbench");
    actions.aboutQt = addAction(help, "aboutQt", "About &Qt");
}

void buildToolbar(QMainWindow& window, WindowActions& actions) {
    actions.toolbar = window.addToolBar(tr("Toolbar"));
    actions.toolbar->setObjectName(u"toolbar"_s);
    actions.toolbar->setMovable(false);
    actions.toolbar->setIconSize(QSize(20, 20));
    actions.toolbar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    actions.toolbar->addActions({actions.openGguf, actions.openDataset});
    actions.toolbar->addSeparator();
    actions.toolbar->addActions(
        {actions.start, actions.pause, actions.resume, actions.stop, actions.saveNow});
    auto* space = new QWidget(actions.toolbar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    actions.toolbar->addWidget(space);
    actions.statePill = new QLabel(actions.toolbar);
    actions.statePill->setObjectName(u"statePill"_s);
    actions.toolbar->addWidget(actions.statePill);
    actions.openGguf->setIconText(tr("Model"));
    actions.openGguf->setToolTip(
        tr("Open a model: a GGUF file or a folder with config.json (Ctrl+G); or drop it here"));
    actions.openDataset->setIconText(tr("Dataset"));
    actions.openDataset->setToolTip(tr("Open a dataset (%1)").arg(datasetSuffixes(u"."_s)));
}

} // namespace

WindowActions buildActions(QMainWindow& window) {
    WindowActions actions{};
    buildFileMenu(window, actions);
    buildRunMenu(window, actions);
    buildOtherMenus(window, actions);
    buildToolbar(window, actions);
    return actions;
}

void addPages(QMenu& view, QTabWidget& pages) {
    view.addSeparator();
    for (int page = 0; page < pages.count(); ++page) {
        QAction* action = view.addAction(pages.tabText(page));
        action->setObjectName(u"page-"_s + pages.widget(page)->objectName());
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)));
        pages.setTabToolTip(page, action->shortcut().toString(QKeySequence::NativeText));
        QObject::connect(
            action, &QAction::triggered, &pages, [&pages, page] { pages.setCurrentIndex(page); });
    }
}

void setEnabled(const WindowActions& actions, const EnabledActions& enabled, const QString& noAdapter) {
    actions.openModel->setEnabled(enabled.openModel);
    actions.openGguf->setEnabled(enabled.openModel);
    actions.openDataset->setEnabled(enabled.openDataset);
    actions.loadAdapter->setEnabled(enabled.loadAdapter);
    actions.unload->setEnabled(enabled.unload);
    actions.unload->setToolTip(enabled.unload ? tr("Take what stands on the model off it: the base again")
                                              : tr("While no run is active, and something is loaded"));
    actions.saveAdapter->setEnabled(enabled.saveAdapter);
    actions.saveTruncated->setEnabled(enabled.analyse);
    actions.exportGguf->setEnabled(enabled.analyse);
    actions.mergeModel->setEnabled(enabled.analyse);
    for (QAction* action :
        {actions.saveAdapter, actions.saveTruncated, actions.exportGguf, actions.mergeModel})
        action->setToolTip(noAdapter.isEmpty() ? action->text().remove(u'&').remove(u'…') : noAdapter);
    actions.openRun->setEnabled(enabled.openRun);
    actions.recent->setEnabled(enabled.openRun);
    actions.start->setEnabled(enabled.start);
    actions.pause->setEnabled(enabled.pause);
    actions.resume->setEnabled(enabled.resume);
    actions.stop->setEnabled(enabled.stop);
    actions.saveNow->setEnabled(enabled.saveNow);
}

void setIcons(const WindowActions& actions, const QPalette& palette) {
    const SignalColors colors = signalColors(palette);
    const QColor off = palette.color(QPalette::Disabled, QPalette::ButtonText);
    actions.openModel->setIcon(icon(u"open"_s, palette));
    actions.openGguf->setIcon(icon(u"open"_s, palette));
    actions.openDataset->setIcon(icon(u"dataset"_s, palette));
    actions.start->setIcon(icon(u"play"_s, colors.good, off));
    actions.pause->setIcon(icon(u"pause"_s, palette));
    actions.resume->setIcon(icon(u"play"_s, colors.good, off));
    actions.stop->setIcon(icon(u"stop"_s, colors.error, off));
    actions.saveNow->setIcon(icon(u"save"_s, palette));
    actions.exportPlot->setIcon(icon(u"export"_s, palette));
}

void showState(QLabel& pill, EngineState state, const QPalette& palette) {
    const SignalColors colors = signalColors(palette);
    QColor color = colors.dim;
    if (state == EngineState::Running) color = colors.good;
    if (state == EngineState::Paused || state == EngineState::Stopping || state == EngineState::Loading)
        color = colors.warning;
    if (state == EngineState::Failed) color = colors.error;
    if (state == EngineState::Ready) color = palette.color(QPalette::Link);
    pill.setText(stateWord(state));
    pill.setStyleSheet(u"QLabel { color: %1; border: 1px solid %1; border-radius: 9px; padding: 2px 10px;"
                       " margin-right: 8px; font-weight: bold; }"_s.arg(color.name()));
}

} // namespace lora
