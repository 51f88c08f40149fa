#pragma once
// The window's help: what the page in sight is for, and which keys do what.

class QWidget;

namespace lora {

/// In a bubble over the page, until the next key or click.
void explainPage(const QWidget& page);

/// All keys of the window's actions, and those that plots, grid and prompt take.
void showShortcuts(QWidget& window);

} // namespace lora
