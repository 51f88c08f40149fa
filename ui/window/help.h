#pragma once
// The window's help: what the page in sight is for, which keys do what, and what stands in the Help menu.

class QMainWindow;
class QTabWidget;
class QWidget;

namespace lora {

struct WindowActions;

/// In a bubble over the page, until the next key or click.
void explainPage(const QWidget& page);

/// All keys of the window's actions, and those that plots, grid and prompt take.
void showShortcuts(QWidget& window);

/// Lets the menu's actions do what they say.
void serveHelp(const WindowActions& actions, QMainWindow& window, QTabWidget& pages);

} // namespace lora
