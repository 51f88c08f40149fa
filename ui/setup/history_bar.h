#pragma once
// Two small buttons: what takes changes of the set-up back, and what makes them again.

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
