#pragma once
// Fusion, with outlines of boxes and buttons to tick that stay in sight on a dark window too.

#include <QProxyStyle>

namespace lora {

class OutlinedStyle : public QProxyStyle {
    Q_OBJECT
public:
    OutlinedStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget) const override;
};

} // namespace lora
