#pragma once
// How the window was left: taken up at its start, kept at its end.

#include "engine/settings/settings.h"

#include <QObject>
#include <optional>

class QMainWindow;
class QTabWidget;

namespace lora {

class Docks;
class Notices;

class WindowMemory : public QObject {
    Q_OBJECT
public:
    WindowMemory(QMainWindow& window, QTabWidget& pages, Docks& docks);

    /// Sets size, division and page as they were, or as they are at the first start; what was set up. What
    /// could not be read is complained of.
    std::optional<RunSettings> take(Notices& notices);
    void keep(const RunSettings& settings) const;

private:
    QMainWindow& window_;
    QTabWidget& pages_;
    Docks& docks_;
};

} // namespace lora
