#pragma once
// The plot of a page as a file that a person chooses.

#include <QString>
#include <functional>

class QAction;
class QTabWidget;
class QWidget;

namespace lora {

class Notices;

/// `save` writes the plot of the page in front, and can be used where that has one: it asks where, and says
/// what came of it. `run` gives the name of the run in sight; the picture bears it where it is of that run.
void savePlots(QAction& save, QTabWidget& pages, std::function<QString()> run, Notices& notices);

/// What stands above the picture of a page's plot: run, plot, linears. The page has one.
QString captionOf(const QWidget* page, const QString& run);

} // namespace lora
