#pragma once
// A titled part of the left column that folds; and rows of fields with shared distances.

#include <QWidget>
#include <initializer_list>

class QLabel;
class QLayout;
class QToolButton;

namespace lora {

class Section : public QWidget {
    Q_OBJECT
public:
    Section(const QString& title, QWidget* content, QWidget* parent = nullptr);

    void setOpen(bool open);
    /// Dim words at the right of the title, e.g. a summary that stays while folded.
    void setAside(const QString& words);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QToolButton* title_;
    QLabel* aside_;
    QWidget* content_;
};

/// Fields side by side; the first takes the room that is left.
QLayout* makeRow(std::initializer_list<QWidget*> fields);

} // namespace lora
