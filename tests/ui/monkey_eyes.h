#pragma once
// What holds of the window whatever is done to it.

#include <QStringList>

namespace lora {

class MainWindow;

/// What does not hold, a line each; empty: all is well. To be asked between two actions.
QStringList faultsOf(const MainWindow& window);

/// The state in the window's pill.
QString shownState(const MainWindow& window);

} // namespace lora
