#include "tests/ui/held_by_process.h"

#include "engine/machine/memory.h"

#include <QApplication>
#include <QDir>
#include <QWidget>

#include <malloc.h>

namespace lora {

using namespace Qt::StringLiterals;

QString HeldByProcess::words() const {
    return u"%1 MB resident, %2 MB of heap, %3 handles, %4 objects"_s.arg(residentBytes / 1e6, 0, 'f', 1)
        .arg(heapBytes / 1e6, 0, 'f', 1)
        .arg(files)
        .arg(objects);
}

HeldByProcess heldByProcess(const QWidget& window) {
    const struct mallinfo2 heap = mallinfo2();
    return {process_memory().now_bytes, static_cast<qint64>(heap.uordblks + heap.hblkhd),
        QDir(u"/proc/self/fd"_s).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size(),
        window.findChildren<QObject*>().size() + QApplication::topLevelWidgets().size()};
}

} // namespace lora
