#pragma once
// The small lines that stand under fields: what was counted, what is wrong. Hidden while empty; their colour
// follows the theme.

#include <QLabel>

namespace lora {

enum class NoteKind { Plain, Warning, Error };

class Note : public QLabel {
    Q_OBJECT
public:
    Note(const QString& objectName, QWidget* parent);

    void tell(const QString& text, NoteKind kind = NoteKind::Plain);

protected:
    void changeEvent(QEvent* event) override;

private:
    void recolor();

    NoteKind kind_ = NoteKind::Plain;
};

} // namespace lora
