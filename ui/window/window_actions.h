#pragma once
// The window's actions with their words, shortcuts and icons, and the menus and toolbar made of them.

#include "ui/elements/enabled_actions.h"

class QAction;
class QActionGroup;
class QLabel;
class QMainWindow;
class QMenu;
class QPalette;
class QToolBar;

namespace lora {

struct WindowActions {
    QAction* openModel;
    QAction* openGguf;
    QAction* openDataset;
    QAction* openHub;
    QAction* loadAdapter;
    QAction* unload;
    QAction* saveAdapter;
    QAction* mergeModel;
    QMenu* mergeGguf; ///< an action for each type of the file; data(): its name
    QAction* exportGguf;
    QAction* saveTruncated;
    QAction* openRun;
    QAction* exportRun;
    QMenu* recent;
    QAction* exportPlot;
    QAction* quit;
    QAction* start;
    QAction* enqueue;
    QAction* pause;
    QAction* resume;
    QAction* stop;
    QAction* saveNow;
    QMenu* where; ///< filled by WhereMenu
    QMenu* view;
    QActionGroup* theme; ///< data(): the theme's name
    QAction* pageHelp;
    QAction* tour;
    QAction* glossary;
    QAction* shortcuts;
    QAction* about;
    QAction* aboutQt;
    QToolBar* toolbar;
    QAction* afterPages; ///< what stands behind the pages' tabs in the toolbar
    QLabel* statePill;   ///< at the toolbar's right end
};

/// Makes everything; owned by the window, found by objectName.
WindowActions buildActions(QMainWindow& window);

/// `noAdapter` says why there is none to save, cut, merge or export.
void setEnabled(const WindowActions& actions, const EnabledActions& enabled, const QString& noAdapter);
/// Icons in the palette's colours.
void setIcons(const WindowActions& actions, const QPalette& palette);
/// The state in its word and colour.
void showState(QLabel& pill, EngineState state, const QPalette& palette);

} // namespace lora
