#pragma once
// The mouse wheel scrolls what a field lies in; a field takes it with Ctrl held alone.

#include <QObject>

namespace lora {

class WheelGuard : public QObject {
    Q_OBJECT
public:
    /// Watches all fields of the application for as long as it lives.
    explicit WheelGuard(QObject* parent);

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace lora
