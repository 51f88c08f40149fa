#pragma once
// What the window was like and what was set up when it was closed last, kept in the user's settings for its
// next start.

#include "engine/settings/settings.h"

#include <QByteArray>
#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>

class QSettings;

namespace lora {

struct Remembered {
    QByteArray geometry; ///< of QWidget::saveGeometry: size, place, whether it filled the screen
    QByteArray layout;   ///< of QMainWindow::saveState: docks and tool bar
    QString page;        ///< objectName of the page in sight
    std::optional<RunSettings> settings;
};

/// What is not there is empty. What cannot be understood is left out, with a sentence for each in `faults`.
Remembered remembered(const QSettings& kept, QStringList& faults);
void remember(QSettings& kept, const Remembered& now);

/// Of a window that nothing is remembered of: as large as is good to work in, and never so large that its
/// frame would not fit on the screen. `available` is what the screen has left beside panels, in logical
/// pixels.
QSize firstSize(const QSize& available);

} // namespace lora
