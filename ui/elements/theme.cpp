#include "ui/elements/theme.h"

#include "ui/elements/outlined_style.h"

#include <QApplication>
#include <QStyle>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

struct Shades {
    QRgb window, base, alternate, button, text, dim, disabled, line, accent, onAccent, link;
};

QPalette paletteOf(const Shades& s) {
    QPalette palette;
    palette.setColor(QPalette::Window, s.window);
    palette.setColor(QPalette::WindowText, s.text);
    palette.setColor(QPalette::Base, s.base);
    palette.setColor(QPalette::AlternateBase, s.alternate);
    palette.setColor(QPalette::ToolTipBase, s.alternate);
    palette.setColor(QPalette::ToolTipText, s.text);
    palette.setColor(QPalette::PlaceholderText, s.dim);
    palette.setColor(QPalette::Text, s.text);
    palette.setColor(QPalette::Button, s.button);
    palette.setColor(QPalette::ButtonText, s.text);
    palette.setColor(QPalette::BrightText, QColor(0xff, 0x6b, 0x6b));
    palette.setColor(QPalette::Highlight, s.accent);
    palette.setColor(QPalette::HighlightedText, s.onAccent);
    palette.setColor(QPalette::Link, s.link);
    palette.setColor(QPalette::LinkVisited, s.link);
    palette.setColor(QPalette::Light, QColor(s.button).lighter(112));
    palette.setColor(QPalette::Midlight, QColor(s.button).lighter(106));
    palette.setColor(QPalette::Mid, s.line);
    palette.setColor(QPalette::Dark, QColor(s.line).darker(112));
    palette.setColor(QPalette::Shadow, QColor(0, 0, 0, 120));
    for (const auto role :
        {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        palette.setColor(QPalette::Disabled, role, s.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, s.line);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, s.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Base, s.window);
    return palette;
}

} // namespace

QPalette lightPalette() {
    return paletteOf({.window = 0xfff3f4f6,
        .base = 0xffffffff,
        .alternate = 0xfff8f9fb,
        .button = 0xffeceef1,
        .text = 0xff1d232b,
        .dim = 0xff69727f,
        .disabled = 0xffa3abb5,
        .line = 0xffcdd2d9,
        .accent = 0xff2468d6,
        .onAccent = 0xffffffff,
        .link = 0xff1c5bc2});
}

QPalette darkPalette() {
    return paletteOf({.window = 0xff2c2f35,
        .base = 0xff1a1c20,
        .alternate = 0xff23262b,
        .button = 0xff3b3f47,
        .text = 0xffe3e6ea,
        .dim = 0xff949ca7,
        .disabled = 0xff6a717b,
        .line = 0xff484d56,
        .accent = 0xff3f83e8,
        .onAccent = 0xffffffff,
        .link = 0xff7fb0ff});
}

bool isDark(const QPalette& palette) { return palette.color(QPalette::Window).lightness() < 128; }

void applyTheme(QApplication& application, Theme theme, const QPalette& desktop) {
    if (qobject_cast<OutlinedStyle*>(application.style()) == nullptr)
        QApplication::setStyle(new OutlinedStyle);
    const bool dark = theme == Theme::Dark || (theme == Theme::System && isDark(desktop));
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

QString name(Theme theme) {
    switch (theme) {
    case Theme::System: return u"system"_s;
    case Theme::Light: return u"light"_s;
    case Theme::Dark: return u"dark"_s;
    }
    return {};
}

Theme themeNamed(const QString& name) {
    if (name == "light"_L1) return Theme::Light;
    return name == "dark"_L1 ? Theme::Dark : Theme::System;
}

SignalColors signalColors(const QPalette& palette) {
    const QColor dim = palette.color(QPalette::Active, QPalette::PlaceholderText);
    const QColor line = palette.color(QPalette::Active, QPalette::Mid);
    if (isDark(palette))
        return {QColor(0x5c, 0xc9, 0x8b), QColor(0xe6, 0xb4, 0x50), QColor(0xf2, 0x77, 0x7a), dim, line};
    return {QColor(0x1f, 0x8a, 0x4c), QColor(0xa8, 0x6a, 0x00), QColor(0xc6, 0x28, 0x28), dim, line};
}

} // namespace lora
