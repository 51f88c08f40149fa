#pragma once
// The window's field for a number. What is typed stays as it is typed: what is not understood, or not taken,
// turns red. The wheel changes it with Ctrl held alone.

#include "ui/elements/number_text.h"

#include <QAbstractSpinBox>

namespace lora {

struct NumberSteps {
    double lowest = 0; ///< what the arrows stop at; any number can be typed
    double highest = 0;
    bool doubles = false; ///< the arrows double and halve
};

class NumberField : public QAbstractSpinBox {
    Q_OBJECT
public:
    NumberField(NumberForm form, NumberSteps steps, QWidget* parent = nullptr);

    /// An empty field is this value, and says what it means.
    void setEmpty(const Json& value, const QString& meaning);
    /// Text that says this value already stays.
    void setValue(const Json& value);
    /// As it was typed last; null where that is not understood.
    const Json& value() const { return reading_.value; }
    bool isUnderstood() const { return reading_.why.isEmpty(); }
    const QString& why() const { return reading_.why; }
    /// Red, for a value that is not taken.
    void setFaulty(bool faulty);

    void stepBy(int steps) override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void edited(); ///< by the user, at every key

protected:
    StepEnabled stepEnabled() const override;
    void wheelEvent(QWheelEvent* event) override;
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    NumberReading read(const QString& text) const;
    double stepped(double value, int steps) const;
    void recolor();

    NumberForm form_;
    NumberSteps steps_;
    bool hasEmpty_ = false;
    Json empty_;
    NumberReading reading_;
    bool faulty_ = false;
};

} // namespace lora
