#pragma once
// A line of text that ends in … where there is no room for all of it, and asks for none.

#include <QLabel>

namespace lora {

class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace lora
