#pragma once
// Tool tips made of what people and files say: names, notes, paths.

#include <QString>

namespace lora {

/// The text as a tool tip that shows it letter by letter. Qt would take what looks like HTML for HTML: a note
/// with a tag in it would be drawn, with its pictures and links.
QString plainTip(const QString& text);

} // namespace lora
