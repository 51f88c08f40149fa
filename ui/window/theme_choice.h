#pragma once
// The theme that a person chose, put on and remembered.

#include <QObject>
#include <QPalette>

class QActionGroup;

namespace lora {

class ThemeChoice : public QObject {
    Q_OBJECT
public:
    /// Puts on the one of the last time; `choices` name their themes by data().
    ThemeChoice(QActionGroup& choices, QObject* parent);

private:
    void take(const QString& wanted);

    QActionGroup& choices_;
    QPalette desktop_; ///< the desktop's own, for the system theme
};

} // namespace lora
