#include "ui/elements/note.h"

#include "ui/elements/theme.h"

#include <QEvent>

namespace lora {

Note::Note(const QString& objectName, QWidget* parent) : QLabel(parent) {
    setObjectName(objectName);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    recolor();
    hide();
}

void Note::tell(const QString& text, NoteKind kind) {
    kind_ = kind;
    recolor();
    setText(text);
    setVisible(!text.isEmpty());
}

void Note::recolor() {
    const SignalColors colors = signalColors(palette());
    const QColor wanted = kind_ == NoteKind::Error     ? colors.error
                          : kind_ == NoteKind::Warning ? colors.warning
                                                       : colors.dim;
    if (palette().color(QPalette::Active, QPalette::WindowText) == wanted) return;
    QPalette own; // the other roles go on following the theme
    for (const auto group : {QPalette::Active, QPalette::Inactive})
        own.setColor(group, QPalette::WindowText, wanted);
    setPalette(own);
}

void Note::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) recolor();
}

} // namespace lora
