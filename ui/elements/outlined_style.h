#pragma once
// Fusion, with outlines of boxes and buttons to tick that stay in sight on a dark window too, and titles of
// columns that stand apart.

#include <QProxyStyle>

namespace lora {

class OutlinedStyle : public QProxyStyle {
    Q_OBJECT
public:
    OutlinedStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option = nullptr,
        const QWidget* widget = nullptr) const override;
};

} // namespace lora
