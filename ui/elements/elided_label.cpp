#include "ui/elements/elided_label.h"

#include <QPainter>
#include <QStyle>

namespace lora {

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QString line = fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width());
    style()->drawItemText(&painter, contentsRect(), static_cast<int>(alignment()), palette(), isEnabled(),
        line, foregroundRole());
}

} // namespace lora
