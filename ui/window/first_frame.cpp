#include "ui/window/first_frame.h"

#include <QEvent>
#include <QTimer>
#include <QWidget>

namespace lora {

FirstFrame::FirstFrame(QWidget& window) { window.installEventFilter(this); }

// UpdateRequest paints and flushes; once it is through, a queued call finds the frame on the screen.
bool FirstFrame::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::UpdateRequest) {
        watched->removeEventFilter(this);
        QTimer::singleShot(0, this, &FirstFrame::shown);
    }
    return false;
}

} // namespace lora
