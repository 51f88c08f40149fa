#pragma once
// The signals by which a session, a terminal or a person ends the window's program, brought to the GUI's
// thread.

#include <QObject>

class QSocketNotifier;

namespace lora {

class QuitSignals : public QObject {
    Q_OBJECT
public:
    /// From here on SIGTERM, SIGINT and SIGHUP are told by asked(); a second one ends the program at once. A
    /// closed pipe is an error of the write alone.
    explicit QuitSignals(QObject* parent = nullptr);

Q_SIGNALS:
    void asked();

private:
    QSocketNotifier* heard_ = nullptr;
};

} // namespace lora
