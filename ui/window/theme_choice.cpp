#include "ui/window/theme_choice.h"

#include "ui/elements/theme.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QSettings>

namespace lora {

using namespace Qt::StringLiterals;

ThemeChoice::ThemeChoice(QActionGroup& choices, QObject* parent)
    : QObject(parent), choices_(choices), desktop_(QApplication::palette()) {
    connect(&choices_, &QActionGroup::triggered, this,
        [this](const QAction* choice) { take(choice->data().toString()); });
    take(QSettings().value(u"theme"_s).toString());
}

void ThemeChoice::take(const QString& wanted) {
    const Theme theme = themeNamed(wanted);
    applyTheme(*qApp, theme, desktop_);
    for (QAction* choice : choices_.actions()) choice->setChecked(choice->data().toString() == name(theme));
    QSettings().setValue(u"theme"_s, name(theme));
}

} // namespace lora
