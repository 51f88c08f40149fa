#pragma once
// The window's two palettes, and how one of them is put on.

#include <QPalette>

class QApplication;

namespace lora {

enum class Theme { System, Light, Dark };

QPalette lightPalette();
QPalette darkPalette();
bool isDark(const QPalette& palette);

/// Fusion style with one of the two palettes; System takes the one nearer to `desktop`, the desktop's own.
void applyTheme(QApplication& application, Theme theme, const QPalette& desktop);

/// "system", "light", "dark"; what is not known is System.
QString name(Theme theme);
Theme themeNamed(const QString& name);

/// Colours with a meaning, readable on the palette's window colour.
struct SignalColors {
    QColor good;
    QColor warning;
    QColor error;
    QColor dim;  ///< text of second rank
    QColor line; ///< borders
};
SignalColors signalColors(const QPalette& palette);

} // namespace lora
