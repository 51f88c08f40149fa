#pragma once
// Tells of a run's end where the window is not looked at: by the desktop's notes where there is a tray, and
// by the window's mark in the task bar.

#include "ui/link/engine_link.h"

#include <QObject>

class QSystemTrayIcon;
class QWidget;

namespace lora {

class EndNotice : public QObject {
    Q_OBJECT
public:
    EndNotice(EngineLink& link, QWidget* window);

    /// Nothing where the window is in front.
    void tell(const QString& title, const QString& words);

Q_SIGNALS:
    void told(const QString& title);

private:
    QWidget* window_;
    QSystemTrayIcon* tray_ = nullptr; ///< made when it is first needed
    bool sweep_ = false;              ///< whose runs are not told one by one
};

} // namespace lora
