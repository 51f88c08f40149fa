#pragma once
// How the window was left: taken up at its start, kept at its end.

#include "engine/settings/settings.h"

#include <QObject>
#include <QStringList>
#include <optional>

class QMainWindow;
class QTabWidget;

namespace lora {

class Docks;

class WindowMemory : public QObject {
    Q_OBJECT
public:
    WindowMemory(QMainWindow& window, QTabWidget& pages, Docks& docks);

    /// Sets size, division and page as they were; a sentence for each that could not be, and what was set up.
    std::optional<RunSettings> take(QStringList& faults);
    void keep(const RunSettings& settings) const;

private:
    QMainWindow& window_;
    QTabWidget& pages_;
    Docks& docks_;
};

} // namespace lora
