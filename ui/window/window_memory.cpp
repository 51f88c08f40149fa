#include "ui/window/window_memory.h"

#include "ui/window/docks.h"
#include "ui/window/notices.h"
#include "ui/window/remembered.h"

#include <QMainWindow>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>

namespace lora {

WindowMemory::WindowMemory(QMainWindow& window, QTabWidget& pages, Docks& docks)
    : QObject(&window), window_(window), pages_(pages), docks_(docks) {}

std::optional<RunSettings> WindowMemory::take(Notices& notices) {
    window_.resize(firstSize(window_.screen()->availableSize()));
    QStringList faults;
    const Remembered last = remembered(QSettings(), faults);
    if (!last.geometry.isEmpty() && !window_.restoreGeometry(last.geometry))
        faults << tr("The window's size of the last time could not be read; it has its first one again.");
    if (last.layout.isEmpty()) docks_.divide(window_.height());
    if (!last.layout.isEmpty() && !docks_.setLayout(last.layout))
        faults << tr("How the window was divided could not be read; it is divided as at the first start.");
    for (int page = 0; page < pages_.count(); ++page)
        if (pages_.widget(page)->objectName() == last.page) pages_.setCurrentIndex(page);
    for (const QString& fault : faults) notices.complain(fault);
    return last.settings;
}

void WindowMemory::keep(const RunSettings& settings) const {
    QSettings kept;
    remember(kept, {window_.saveGeometry(), docks_.layout(), pages_.currentWidget()->objectName(), settings});
}

} // namespace lora
