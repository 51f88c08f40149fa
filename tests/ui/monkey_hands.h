#pragma once
// A monkey's hands: mouse, wheel, keys and drops at a random place of what is in sight, through the window
// system as a person's, so that popups, modal dialogs and grabs take what is theirs. Each says what it did.

#include "tests/ui/monkey_chance.h"
#include "tests/ui/monkey_ground.h"

#include <QString>

class QWidget;

namespace lora {

class MonkeyHands {
public:
    MonkeyHands(Chance& chance, const MonkeyGround& ground) : chance_(chance), ground_(ground) {}

    QString click();
    QString doubleClick();
    /// With a pressed button from one place to another.
    QString drag();
    QString hover();
    QString turnWheel();
    /// Keys that stand for themselves, with Ctrl, Shift or Alt at times.
    QString pressKey();
    /// Text into what has the focus, a field for the most part.
    QString type();
    /// Files of the ground, or text, onto a place.
    QString drop();
    /// A button of the dialog in front, or a path into it where it asks for one, or its cross.
    QString answerDialog();
    /// Whatever holds the events is let go: a drag, a popup, a dialog.
    QString letGo();

private:
    struct Spot;
    Spot spot();
    QWidget* front();
    QString anyText();

    Chance& chance_;
    const MonkeyGround& ground_;
};

/// "QPushButton startButton", for a log.
QString called(const QWidget* widget);

} // namespace lora
