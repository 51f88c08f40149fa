#include "tests/ui/monkey_hands.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPointer>
#include <QTextEdit>
#include <QUrl>
#include <QWheelEvent>
#include <QWindow>
#include <QtTest>
#include <memory>
#include <vector>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

bool canBeHit(const QWidget* widget) {
    return widget->isVisible() && widget->width() > 0 && widget->height() > 0
           && !widget->visibleRegion().isEmpty();
}

/// Something that answers, rather than a label or what holds others.
bool answers(const QWidget* widget) {
    return widget->focusPolicy() != Qt::NoFocus || qobject_cast<const QAbstractButton*>(widget)
           || qobject_cast<const QMenu*>(widget);
}

QWindow* windowOf(const QWidget* widget) { return widget ? widget->window()->windowHandle() : nullptr; }

/// A window may go by the key being pressed.
void clickKey(QWindow* window, Qt::Key key, Qt::KeyboardModifiers held = Qt::NoModifier) {
    const QPointer<QWindow> at(window);
    if (at) QTest::keyPress(at, key, held);
    if (at) QTest::keyRelease(at, key, held);
}

Qt::KeyboardModifiers anyModifiers(Chance& chance) {
    if (!chance.oneIn(4)) return Qt::NoModifier;
    constexpr Qt::KeyboardModifier all[] = {Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier};
    Qt::KeyboardModifiers held = all[chance.below(3)];
    if (chance.oneIn(3)) held |= all[chance.below(3)];
    return held;
}

void press(QWidget* receiver, int key, const QString& text) {
    const QPointer<QWidget> at(receiver);
    for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
        if (!at) return;
        QKeyEvent event(type, key, Qt::NoModifier, text);
        QApplication::sendEvent(at, &event);
    }
}

} // namespace

struct MonkeyHands::Spot {
    QPointer<QWidget> widget;
    QPointer<QWindow> window;
    QPoint inWidget;
    QPoint inWindow;
    explicit operator bool() const { return widget && window; }
};

QString called(const QWidget* widget) {
    if (widget == nullptr) return u"nothing"_s;
    QString name = widget->objectName();
    for (const QWidget* each = widget->parentWidget(); each && name.isEmpty(); each = each->parentWidget())
        if (!each->objectName().isEmpty()) name = u"in "_s + each->objectName();
    return QString::fromLatin1(widget->metaObject()->className()) + u' ' + name;
}

QWidget* MonkeyHands::front() {
    if (QWidget* popup = QApplication::activePopupWidget()) return popup;
    QWidget* modal = QApplication::activeModalWidget();
    if (modal && !chance_.oneIn(8)) return modal; // else what it covers, which must not answer
    std::vector<QWidget*> all;
    for (QWidget* each : QApplication::topLevelWidgets())
        if (each->isVisible() && each->windowHandle()) all.push_back(each);
    return all.empty() ? nullptr : chance_.of(all);
}

MonkeyHands::Spot MonkeyHands::spot() {
    QWidget* top = front();
    if (top == nullptr) return {};
    std::vector<QWidget*> all, lively;
    if (canBeHit(top)) all.push_back(top);
    for (QWidget* each : top->findChildren<QWidget*>()) {
        if (each->window() != top || !canBeHit(each)) continue;
        all.push_back(each);
        if (answers(each) && each->isEnabled()) lively.push_back(each);
    }
    if (all.empty()) return {};
    QWidget* chosen = lively.empty() || chance_.oneIn(4) ? chance_.of(all) : chance_.of(lively);
    const QRect seen = chosen->visibleRegion().boundingRect();
    QPoint at = chance_.oneIn(2) ? seen.center()
                                 : QPoint(seen.left() + chance_.between(0, seen.width() - 1),
                                     seen.top() + chance_.between(0, seen.height() - 1));
    return {chosen, top->windowHandle(), at, chosen->mapTo(top, at)};
}

QString MonkeyHands::click() {
    const Spot at = spot();
    if (!at) return {};
    const Qt::MouseButton button =
        chance_.oneIn(8) ? (chance_.oneIn(3) ? Qt::MiddleButton : Qt::RightButton) : Qt::LeftButton;
    const QString words = u"click %1 on %2 at %3,%4"_s.arg(button)
                              .arg(called(at.widget))
                              .arg(at.inWidget.x())
                              .arg(at.inWidget.y());
    QTest::mouseClick(at.window, button, anyModifiers(chance_), at.inWindow);
    return words;
}

QString MonkeyHands::doubleClick() {
    const Spot at = spot();
    if (!at) return {};
    const QString words = u"double click on "_s + called(at.widget);
    QTest::mouseDClick(at.window, Qt::LeftButton, Qt::NoModifier, at.inWindow);
    return words;
}

QString MonkeyHands::drag() {
    const Spot from = spot(), to = spot();
    if (!from || !to) return {};
    const QString words = u"drag from %1 to %2"_s.arg(called(from.widget), called(to.widget));
    QTest::mousePress(from.window, Qt::LeftButton, anyModifiers(chance_), from.inWindow);
    for (int part = 1; part <= 3; ++part)
        if (from.window)
            QTest::mouseMove(from.window, from.inWindow + (to.inWindow - from.inWindow) * part / 3);
    if (from.window) QTest::mouseRelease(from.window, Qt::LeftButton, Qt::NoModifier, to.inWindow);
    return words;
}

QString MonkeyHands::hover() {
    const Spot at = spot();
    if (!at) return {};
    QTest::mouseMove(at.window, at.inWindow);
    if (!at.widget) return u"hover"_s;
    QHelpEvent tip(QEvent::ToolTip, at.inWidget, at.widget->mapToGlobal(at.inWidget));
    QApplication::sendEvent(at.widget, &tip);
    return u"hover over "_s + called(at.widget);
}

QString MonkeyHands::turnWheel() {
    const Spot at = spot();
    if (!at) return {};
    const Qt::KeyboardModifiers held = chance_.oneIn(3) ? Qt::ControlModifier : anyModifiers(chance_);
    const QString words = u"wheel over "_s + called(at.widget);
    for (int notch = chance_.between(1, 5); notch > 0 && at.widget; --notch) {
        const QPoint turn(0, chance_.oneIn(2) ? 120 : -120);
        QWheelEvent event(at.inWidget, at.widget->mapToGlobal(at.inWidget), {}, turn, Qt::NoButton, held,
            Qt::NoScrollPhase, false);
        QApplication::sendEvent(at.widget, &event);
    }
    return words;
}

QString MonkeyHands::pressKey() {
    constexpr Qt::Key keys[] = {Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Return, Qt::Key_Enter, Qt::Key_Escape,
        Qt::Key_Space, Qt::Key_Backspace, Qt::Key_Delete, Qt::Key_Up, Qt::Key_Down, Qt::Key_Left,
        Qt::Key_Right, Qt::Key_Home, Qt::Key_End, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_F1, Qt::Key_F2,
        Qt::Key_F3, Qt::Key_F5, Qt::Key_F6, Qt::Key_F7, Qt::Key_F8, Qt::Key_F10, Qt::Key_Menu, Qt::Key_A,
        Qt::Key_C, Qt::Key_V, Qt::Key_X, Qt::Key_Z, Qt::Key_Y, Qt::Key_S, Qt::Key_L, Qt::Key_O, Qt::Key_F,
        Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5, Qt::Key_6, Qt::Key_Plus, Qt::Key_Minus,
        Qt::Key_0};
    QWidget* top = front();
    if (QWidget* focus = QApplication::focusWidget(); focus && !QApplication::activePopupWidget())
        top = focus;
    QWindow* window = windowOf(top);
    if (window == nullptr) return {};
    const Qt::Key key = keys[chance_.below(std::size(keys))];
    Qt::KeyboardModifiers held = anyModifiers(chance_);
    // Of the keys for text alone most do nothing, with Ctrl they cut, paste, undo, and go to a page.
    if (key < Qt::Key_Escape && chance_.oneIn(2)) held = Qt::ControlModifier;
    const QString words = u"key "_s + QKeySequence(held | key).toString();
    clickKey(window, key, held);
    return words;
}

QString MonkeyHands::anyText() {
    switch (chance_.below(8)) {
    case 0: return QString::number(chance_.between(-5, 100));
    case 1: {
        const char* const numbers[] = {"0", "1e-300", "1e999", "-0", "nan", "inf", "0,001", "1.2.3", "4e-",
            "99999999999999999999", "0x10", "3/4", "٣", "½"};
        return QString::fromUtf8(numbers[chance_.below(std::size(numbers))]);
    }
    case 2: {
        const char* const texts[] = {"<b>50 %</b> &amp;", "שלום عالم",
            "👩‍👩‍👧‍👦 e\u0301\u0301\u0301", "\x1b[31m\x07", "tag:keep rank=8",
            "rank=", "((((", "^.*(a+)+$", "all-linear,q_proj", "0-3,5,7-", "*", "\u202e", "{\"a\": [", "   ",
            "'; --", "a\tb\nc"};
        return QString::fromUtf8(texts[chance_.below(std::size(texts))]);
    }
    case 3: return QString(chance_.between(100, 500), QChar(chance_.oneIn(2) ? u'x' : u'漢'));
    case 4: return ground_.thing(chance_);
    case 5: return QString(chance_.between(1, 4), QChar(chance_.between(1, 0xd7ff)));
    default: return QString::number(chance_.between(1, 64));
    }
}

QString MonkeyHands::type() {
    QWidget* top = front();
    if (top && chance_.oneIn(2)) {
        std::vector<QWidget*> fields;
        for (QWidget* each : top->findChildren<QWidget*>())
            if (canBeHit(each) && each->isEnabled()
                && (qobject_cast<QLineEdit*>(each) || qobject_cast<QPlainTextEdit*>(each)
                    || qobject_cast<QTextEdit*>(each)))
                fields.push_back(each);
        if (!fields.empty()) chance_.of(fields)->setFocus();
    }
    const QPointer<QWidget> field(QApplication::focusWidget());
    if (!field) return {};
    const QString text = anyText();
    const QString words = u"type “%1” into %2"_s.arg(text.left(40), called(field));
    const QPointer<QWindow> window(windowOf(field));
    if (chance_.oneIn(2)) clickKey(window, Qt::Key_A, Qt::ControlModifier);
    if (window && chance_.oneIn(4)) {
        QGuiApplication::clipboard()->setText(text);
        clickKey(window, Qt::Key_V, Qt::ControlModifier);
    } else {
        for (const QChar each : text)
            if (field) press(field, Qt::Key_unknown, each);
    }
    if (chance_.oneIn(2)) clickKey(windowOf(field), Qt::Key_Return);
    return words;
}

QString MonkeyHands::drop() {
    const Spot at = spot();
    if (!at) return {};
    QPointer<QWidget> receiver = at.widget;
    while (receiver && !receiver->acceptDrops()) receiver = receiver->parentWidget();
    if (!receiver) return {};
    QMimeData carried;
    QList<QUrl> urls;
    for (int count = chance_.between(1, 3); count > 0; --count)
        urls << QUrl::fromLocalFile(ground_.thing(chance_));
    if (chance_.oneIn(8)) urls = {QUrl(u"https://example.invalid/model"_s)};
    if (!chance_.oneIn(6)) carried.setUrls(urls);
    if (chance_.oneIn(4)) carried.setText(anyText());
    const QPoint place = receiver->mapFromGlobal(at.widget->mapToGlobal(at.inWidget));
    const QString words = u"drop %1 on %2"_s.arg(urls.first().toString(), called(receiver));
    QDragEnterEvent enter(place, Qt::CopyAction, &carried, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(receiver, &enter);
    if (!enter.isAccepted() || !receiver) return words + u", refused"_s;
    QDragMoveEvent move(place, Qt::CopyAction, &carried, Qt::LeftButton, Qt::NoModifier);
    move.accept(); // as the window system hands on what enter was answered with
    QApplication::sendEvent(receiver, &move);
    if (!receiver) return words;
    if (!move.isAccepted()) {
        QDragLeaveEvent leave;
        QApplication::sendEvent(receiver, &leave);
        return words + u", left"_s;
    }
    QDropEvent event(place, Qt::CopyAction, &carried, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(receiver, &event);
    return words;
}

QString MonkeyHands::answerDialog() {
    const QPointer<QWidget> dialog(QApplication::activeModalWidget());
    if (!dialog) return {};
    if (auto* files = qobject_cast<QFileDialog*>(dialog.data()); files && chance_.oneIn(2)) {
        auto* name = files->findChild<QLineEdit*>(u"fileNameEdit"_s);
        if (name == nullptr) return {};
        const QString path = ground_.thing(chance_);
        name->setText(path);
        name->setFocus();
        clickKey(windowOf(name), Qt::Key_Return);
        return u"answered with "_s + path;
    }
    std::vector<QAbstractButton*> buttons;
    for (QAbstractButton* each : dialog->findChildren<QAbstractButton*>())
        if (canBeHit(each) && each->isEnabled()) buttons.push_back(each);
    if (buttons.empty() || chance_.oneIn(4)) {
        dialog->close();
        return u"closed "_s + called(dialog);
    }
    QAbstractButton* button = chance_.of(buttons);
    const QString words = u"answered “%1”"_s.arg(button->text());
    QTest::mouseClick(windowOf(button), Qt::LeftButton, Qt::NoModifier,
        button->mapTo(button->window(), button->rect().center()));
    return words;
}

QString MonkeyHands::letGo() {
    if (QWidget* popup = QApplication::activePopupWidget()) {
        popup->close();
        return u"closed "_s + called(popup);
    }
    if (QWidget* modal = QApplication::activeModalWidget()) {
        const QString words = u"closed "_s + called(modal);
        modal->close();
        return words;
    }
    if (QWindow* window = QGuiApplication::focusWindow()) {
        QTest::mouseRelease(window, Qt::LeftButton, Qt::NoModifier, {5, 5});
        clickKey(QGuiApplication::focusWindow(), Qt::Key_Escape);
    }
    return u"let go"_s;
}

} // namespace lora
