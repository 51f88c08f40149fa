#include "ui/elements/scrolled.h"

#include <QScrollArea>

namespace lora {

QScrollArea* scrolled(QWidget* content, const QString& name, const QSize& least) {
    auto* area = new QScrollArea(content->parentWidget());
    area->setAccessibleName(name);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus); // what stands in it takes the focus, and is scrolled to
    area->setWidgetResizable(true);
    area->setMinimumSize(least);
    area->setWidget(content);
    return area;
}

} // namespace lora
