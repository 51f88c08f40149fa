#pragma once
// The toolbar's icons: single-colour SVGs, painted in the palette's text colour.

#include <QIcon>
#include <QString>

class QPalette;

namespace lora {

/// resources/icons/<name>.svg in the palette's colours, dimmed where disabled. Empty if there is no such
/// file.
QIcon icon(const QString& name, const QPalette& palette);
/// The same in one colour of choice.
QIcon icon(const QString& name, const QColor& color, const QColor& disabled);

} // namespace lora
