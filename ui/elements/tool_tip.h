#pragma once
// Tool tips made of what people and files say: names, notes, paths. And what a control says of itself.

#include <QString>

class QWidget;

namespace lora {

/// The text as a tool tip that shows it letter by letter. Qt would take what looks like HTML for HTML: a note
/// with a tag in it would be drawn, with its pictures and links.
QString plainTip(const QString& text);

/// What a control is called by a screen reader, and its help: as a tool tip that wraps, and by What's This.
void describeControl(QWidget& control, const QString& name, const QString& help);

} // namespace lora
