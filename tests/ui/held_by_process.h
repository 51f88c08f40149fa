#pragma once
// What the process holds at a moment: for tests that nothing grows which should not.

#include <QString>
#include <QtGlobal>

class QWidget;

namespace lora {

struct HeldByProcess {
    qint64 residentBytes = 0;
    qint64 heapBytes = 0;  ///< given out by malloc and not returned
    qsizetype files = 0;   ///< open handles
    qsizetype objects = 0; ///< below the window, and other top-level windows

    QString words() const;
};

HeldByProcess heldByProcess(const QWidget& window);

} // namespace lora
