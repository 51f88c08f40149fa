#pragma once
// The head of the set-up: its name, and what takes changes back and makes them again.

#include <QWidget>

class QAction;

namespace lora {

class HistoryBar : public QWidget {
    Q_OBJECT
public:
    /// Its shortcuts count in all of `owner`.
    explicit HistoryBar(QWidget* owner);
    void setAvailable(bool undo, bool redo);

Q_SIGNALS:
    void undoWanted();
    void redoWanted();

private:
    QAction* undo_;
    QAction* redo_;
};

} // namespace lora
