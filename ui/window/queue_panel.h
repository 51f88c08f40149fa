#pragma once
// The runs that wait, in their order, and what can be done about them.

#include <QWidget>

class QListWidget;
class QPushButton;

namespace lora {

class RunQueue;

class QueuePanel : public QWidget {
    Q_OBJECT
public:
    explicit QueuePanel(RunQueue& queue, QWidget* parent = nullptr);

private:
    QWidget* buildButtons();
    void connectButtons();
    QPushButton* addButton(QWidget* column, const char* objectName, const QString& text, const QString& help);
    void showRuns();
    void showButtons();
    void showCount();
    int selected() const;

    RunQueue& queue_;
    QListWidget* list_;
    QPushButton* start_ = nullptr;
    QPushButton* up_ = nullptr;
    QPushButton* down_ = nullptr;
    QPushButton* retry_ = nullptr;
    QPushButton* remove_ = nullptr;
};

} // namespace lora
