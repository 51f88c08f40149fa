#pragma once
// For small screens: what has less room than it needs is scrolled, and the window may be smaller than it.

#include <QScrollArea>
#include <QSize>

class QString;
class QWidget;

namespace lora {

/// Around `content`, which has all the room, and scroll bars where that is less than its least size. `least`
/// is what is asked for in its place; `name` is what a screen reader calls it.
QScrollArea* scrolled(QWidget* content, const QString& name, const QSize& least);

} // namespace lora
