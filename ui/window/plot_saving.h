#pragma once
// The plot of a page as a file that a person chooses.

#include <QString>

class QWidget;

namespace lora {

class Notices;

/// Whether there is one to export; of answers there is none.
bool hasPlot(const QWidget* page);
/// Asks where, and says what came of it. `run` is the name of the run in sight; the picture bears it where it
/// is of that run.
void savePlotOf(const QWidget* page, const QString& run, QWidget* window, Notices& notices);

/// What stands above the picture of a page's plot: run, plot, linears.
QString captionOf(const QWidget* page, const QString& run);

} // namespace lora
