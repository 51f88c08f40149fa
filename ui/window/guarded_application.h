#pragma once
// The application, which outlives an exception that nothing else caught: a run under way is worth more than
// the click that failed.

#include <QApplication>

namespace lora {

class GuardedApplication : public QApplication {
    Q_OBJECT
public:
    GuardedApplication(int& count, char** words) : QApplication(count, words) {}

    /// Delivers the event. What is thrown on the way is told by broke(), and the event is given up.
    bool notify(QObject* receiver, QEvent* event) override;

Q_SIGNALS:
    /// Once the event loop has been reached again.
    void broke(const QString& why);
};

} // namespace lora
