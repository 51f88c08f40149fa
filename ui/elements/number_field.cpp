#include "ui/elements/number_field.h"

#include "ui/elements/theme.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

NumberField::NumberField(NumberForm form, NumberSteps steps, QWidget* parent)
    : QAbstractSpinBox(parent), form_(std::move(form)), steps_(steps) {
    setFocusPolicy(Qt::StrongFocus); // not by the wheel
    reading_ = read({});
    connect(lineEdit(), &QLineEdit::textEdited, this, [this](const QString& text) {
        reading_ = read(text);
        recolor();
        Q_EMIT edited();
    });
}

void NumberField::setEmpty(const Json& value, const QString& meaning) {
    hasEmpty_ = true;
    empty_ = value;
    lineEdit()->setPlaceholderText(meaning);
    reading_ = read(lineEdit()->text());
}

NumberReading NumberField::read(const QString& text) const {
    if (hasEmpty_ && text.trimmed().isEmpty()) return {empty_, {}};
    return readNumber(text, form_);
}

void NumberField::setValue(const Json& value) {
    if (isUnderstood() && reading_.value == value) return;
    lineEdit()->setText(hasEmpty_ && value == empty_ ? QString() : numberText(value, form_));
    reading_ = {value, {}};
    recolor();
}

void NumberField::setFaulty(bool faulty) {
    faulty_ = faulty;
    recolor();
}

void NumberField::recolor() {
    const bool red = faulty_ || !isUnderstood();
    const QColor wanted = red ? signalColors(palette()).error : QColor();
    QPalette own; // the other roles go on following the theme
    if (wanted.isValid()) own.setColor(QPalette::Text, wanted);
    lineEdit()->setPalette(own);
}

void NumberField::changeEvent(QEvent* event) {
    QAbstractSpinBox::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && lineEdit() != nullptr) recolor();
}

double NumberField::stepped(double value, int steps) const {
    if (steps_.doubles) return value > 0 ? value * std::pow(2.0, steps) : std::max(1.0, steps_.lowest);
    if (form_.whole) return value + steps;
    // By one of the number's first digit: 2e-4 to 3e-4; down from a power of ten by one of the next.
    const double size = value == 0 ? 0.01 : std::pow(10.0, std::floor(std::log10(std::abs(value))));
    const bool smaller = steps < 0 && value == size;
    return std::stod(QString::number(value + steps * (smaller ? size / 10 : size), 'g', 12).toStdString());
}

void NumberField::stepBy(int steps) {
    if (!isUnderstood()) return;
    const double now = reading_.value.is_number() ? reading_.value.get<double>() : 0;
    const double next = std::clamp(stepped(now, steps), steps_.lowest, steps_.highest);
    if (next == now && !reading_.value.is_null()) return;
    const Json value = form_.whole ? Json(std::llround(next)) : Json(next);
    lineEdit()->setText(numberText(value, form_));
    reading_ = read(lineEdit()->text());
    recolor();
    Q_EMIT edited();
}

QAbstractSpinBox::StepEnabled NumberField::stepEnabled() const {
    if (!isUnderstood() || isReadOnly()) return StepNone;
    const double now = reading_.value.is_number() ? reading_.value.get<double>() : steps_.lowest;
    StepEnabled enabled = StepNone;
    if (now < steps_.highest) enabled |= StepUpEnabled;
    if (now > steps_.lowest) enabled |= StepDownEnabled;
    return enabled;
}

void NumberField::wheelEvent(QWheelEvent* event) {
    if (!event->modifiers().testFlag(Qt::ControlModifier)) return event->ignore();
    constexpr int notch = 120;
    stepBy(event->angleDelta().y() / notch);
    event->accept();
}

// Undo is the whole set-up's, not a field's own.
bool NumberField::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) return false;
    }
    return QAbstractSpinBox::event(event);
}

QSize NumberField::sizeHint() const {
    QSize size = QAbstractSpinBox::sizeHint();
    size.setWidth(std::max(size.width(), fontMetrics().horizontalAdvance(u"0.00012345"_s) + 40));
    return size;
}

} // namespace lora
