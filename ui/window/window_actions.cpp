#include "ui/window/window_actions.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/theme.h"
#include "ui/elements/words.h"

#include <QAction>
#include <QActionGroup>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QMenu* addMenu(QMainWindow& window, const char* text) {
    QMenu* menu = window.menuBar()->addMenu(tr(text));
    menu->setToolTipsVisible(true);
    return menu;
}

QAction* addAction(QMenu* menu, const char* objectName, const char* text, const char* help,
    const QKeySequence& shortcut = {}) {
    QAction* action = menu->addAction(tr(text));
    action->setObjectName(QLatin1StringView(objectName));
    action->setShortcut(shortcut);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? tr(help) : u"%1 (%2)"_s.arg(tr(help), keys));
    action->setWhatsThis(action->toolTip());
    return action;
}

void buildAdapterActions(QMenu* file, WindowActions& actions) {
    actions.loadAdapter = addAction(file, "loadAdapter", "&Load adapter…",
        "Put an adapter onto the model that is open: to try it, and for the laboratory",
        QKeySequence(Qt::CTRL | Qt::Key_L));
    actions.unload = addAction(file, "unload", "&Unload adapter",
        "The model alone answers again; the adapter's files stay",
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L));
    actions.saveAdapter = addAction(file, "saveAdapter", "Save adapter &as…",
        "The adapter in place as a folder that PEFT reads", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S));
    actions.saveTruncated = addAction(file, "saveSmaller", "Save s&maller adapter…",
        "The adapter in place cut down to the smallest rank that keeps what it learned");
    actions.exportGguf = addAction(file, "exportGguf", "Export adapter for &llama.cpp (GGUF)…",
        "The adapter in place as a file that llama.cpp takes beside a model");
    actions.mergeModel = addAction(file, "mergeModel", "Mer&ge into a model…",
        "Model and adapter as one new model folder, which needs no adapter any more");
    actions.mergeGguf = file->addMenu(tr("Merge into one &GGUF file"));
    actions.mergeGguf->setToolTipsVisible(true);
    const auto add = [&](const char* name, const char* text, const char* help, const QString& type) {
        addAction(actions.mergeGguf, name, text, help)->setData(type);
    };
    add("mergeGgufF16", "&16 bits (F16)…", "Model and adapter as one file for llama.cpp, in 16 bits",
        u"F16"_s);
    add("mergeGgufBF16", "1&6 bits of a wider range (BF16)…",
        "The same in BF16, where the model was trained in it or its values are large", u"BF16"_s);
    add("mergeGgufQ8_0", "&8 bits (Q8_0)…",
        "The same in blocks of 8 bits: half the size, nearly the same answers", u"Q8_0"_s);
}

void buildFileMenu(QMainWindow& window, WindowActions& actions) {
    QMenu* file = addMenu(window, "&File");
    actions.openModel = addAction(file, "openModel", "Open &model folder…",
        "Open a model as Hugging Face has it: a folder with config.json", QKeySequence(Qt::CTRL | Qt::Key_O));
    actions.openGguf = addAction(file, "openGguf", "Open model &file or folder…",
        "Open a model: a GGUF file or a folder with config.json; or drop it here",
        QKeySequence(Qt::CTRL | Qt::Key_G));
    actions.openDataset = addAction(
        file, "openDataset", "Open &dataset…", "Choose what to train on", QKeySequence(Qt::CTRL | Qt::Key_D));
    actions.openHub = addAction(file, "openHub", "Open from the &hub…",
        "Search models and datasets on the hub, download and open them; nothing is asked before you do",
        QKeySequence(Qt::CTRL | Qt::Key_H));
    file->addSeparator();
    buildAdapterActions(file, actions);
    file->addSeparator();
    actions.openRun = addAction(file, "openRun", "Open &run…",
        "Show a past run's plots, adapter and settings", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
    actions.recent = file->addMenu(tr("Recent &files"));
    actions.recent->setObjectName(u"recentMenu"_s);
    actions.recent->setToolTipsVisible(true);
    file->addSeparator();
    actions.exportRun = addAction(file, "exportRun", "Export run for &TensorBoard…",
        "The curves of the run in sight as event files for TensorBoard");
    actions.exportPlot = addAction(file, "exportPlot", "&Export plot…",
        "The plot that was pressed last as a picture, a document or numbers",
        QKeySequence(Qt::CTRL | Qt::Key_E));
    file->addSeparator();
    actions.quit = addAction(file, "quit", "&Quit", "Close the window; a run that is active is asked about",
        QKeySequence(Qt::CTRL | Qt::Key_Q));
}

void buildRunMenu(QMainWindow& window, WindowActions& actions) {
    QMenu* run = addMenu(window, "&Run");
    actions.start =
        addAction(run, "start", "&Start", "Train with the settings on the left", QKeySequence(Qt::Key_F5));
    actions.enqueue = addAction(run, "enqueue", "Add to &queue",
        "Train with these settings once the runs before are over", QKeySequence(Qt::SHIFT | Qt::Key_F5));
    actions.pause = addAction(run, "pause", "&Pause",
        "Hold the run between two steps; the model can be talked to", QKeySequence(Qt::Key_F6));
    actions.resume = addAction(run, "resume", "&Resume",
        "Go on with the paused run, or with the one in sight from its checkpoint", QKeySequence(Qt::Key_F7));
    actions.stop = addAction(
        run, "stop", "S&top", "End the run at its last finished step and save it", QKeySequence(Qt::Key_F8));
    run->addSeparator();
    actions.saveNow = addAction(run, "saveNow", "Save &now",
        "Checkpoint and adapter of the last finished step", QKeySequence(Qt::CTRL | Qt::Key_S));
}

void buildViewMenu(QMainWindow& window, WindowActions& actions) {
    actions.view = addMenu(window, "&View");
    QMenu* theme = actions.view->addMenu(tr("&Theme"));
    theme->setToolTipsVisible(true);
    actions.theme = new QActionGroup(&window);
    const struct {
        Theme theme;
        const char *words, *help;
    } choices[] = {{Theme::System, "As the &system", "Light or dark, as the desktop is"},
        {Theme::Light, "&Light", "Dark on light"}, {Theme::Dark, "&Dark", "Light on dark"}};
    for (const auto& each : choices) {
        const QByteArray objectName = "theme-" + name(each.theme).toLatin1();
        QAction* choice = addAction(theme, objectName.constData(), each.words, each.help);
        choice->setData(name(each.theme));
        choice->setCheckable(true);
        actions.theme->addAction(choice);
    }
    actions.view->addSeparator();
}

void buildHelpMenu(QMainWindow& window, WindowActions& actions) {
    QMenu* help = addMenu(window, "&Help");
    actions.pageHelp = addAction(help, "pageHelp", "&What is on this page",
        "What the page in sight shows, how to read it and what to do there", QKeySequence(Qt::Key_F1));
    actions.tour = addAction(help, "tour", "First &tour", "The window in a few bubbles");
    actions.glossary = addAction(help, "glossary", "&Glossary",
        "The words of the field, each in two sentences with its paper", QKeySequence(Qt::CTRL | Qt::Key_F1));
    actions.shortcuts = addAction(help, "shortcuts", "&Keyboard shortcuts", "All keys of this window");
    help->addSeparator();
    actions.about = addAction(help, "about", "&About LoRA Workbench", "Version and licence");
    actions.aboutQt = addAction(help, "aboutQt", "About &Qt", "The library that this window is built with");
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
    actions.toolbar->toggleViewAction()->setToolTip(tr("Show or hide the row of buttons and pages"));
    auto* space = new QWidget(actions.toolbar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    actions.afterPages = actions.toolbar->addWidget(space);
    actions.statePill = new QLabel(actions.toolbar);
    actions.statePill->setObjectName(u"statePill"_s);
    actions.toolbar->addWidget(actions.statePill);
    actions.openGguf->setIconText(tr("Model"));
    actions.openDataset->setIconText(tr("Dataset"));
    actions.openDataset->setToolTip(tr("Open a dataset (%1)").arg(datasetSuffixes(u"."_s)));
}

} // namespace

WindowActions buildActions(QMainWindow& window) {
    WindowActions actions{};
    buildFileMenu(window, actions);
    buildRunMenu(window, actions);
    actions.where = addMenu(window, "&Where");
    actions.where->setObjectName(u"whereMenu"_s);
    buildViewMenu(window, actions);
    buildHelpMenu(window, actions);
    buildToolbar(window, actions);
    return actions;
}

} // namespace lora
