#pragma once
// A titled part of the left column that folds, and the small notes that stand under its fields.

#include <QWidget>
#include <initializer_list>

class QFormLayout;
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

enum class NoteKind { Plain, Warning, Error };

/// A word-wrapped line under a field, hidden while it is empty.
QLabel* makeNote(const QString& objectName, QWidget* parent);
void setNote(QLabel* note, const QString& text, NoteKind kind = NoteKind::Plain);

/// Fields side by side; the first takes the room that is left.
QLayout* makeRow(std::initializer_list<QWidget*> fields);

/// A form with the distances that all sections share.
QFormLayout* makeForm(QWidget* owner);

} // namespace lora
