#include "ui/window/guarded_application.h"

#include "ui/elements/exception_words.h"

#include <QMetaObject>

namespace lora {

bool GuardedApplication::notify(QObject* receiver, QEvent* event) {
    try {
        return QApplication::notify(receiver, event);
    } catch (const std::exception& failure) {
        const auto tell = [this, why = wordsOf(failure)] { Q_EMIT broke(why); };
        QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
        return false;
    }
}

} // namespace lora
