#include "ui/elements/wheel_guard.h"

#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QScrollBar>
#include <QWheelEvent>

namespace lora {

namespace {

bool isField(const QObject* object) {
    const bool slider = qobject_cast<const QAbstractSlider*>(object) != nullptr
                        && qobject_cast<const QScrollBar*>(object) == nullptr;
    return slider || qobject_cast<const QComboBox*>(object) != nullptr
           || qobject_cast<const QAbstractSpinBox*>(object) != nullptr;
}

} // namespace

WheelGuard::WheelGuard(QObject* parent) : QObject(parent) { qApp->installEventFilter(this); }

bool WheelGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::Wheel || !isField(watched)) return false;
    if (static_cast<QWheelEvent*>(event)->modifiers().testFlag(Qt::ControlModifier)) return false;
    for (QWidget* around = qobject_cast<QWidget*>(watched); around != nullptr;
         around = around->parentWidget())
        if (auto* area = qobject_cast<QAbstractScrollArea*>(around)) {
            QCoreApplication::sendEvent(area->verticalScrollBar(), event);
            event->accept(); // once, and not again by what the field lies in
            return true;
        }
    event->ignore();
    return true;
}

} // namespace lora
